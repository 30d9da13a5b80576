//! Where a caller's token travels in: the `Authorization` header or the session cookie.

use http::{HeaderMap, HeaderValue, header};

use super::cookie;
use crate::{CookieNaming, TokenFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Bearer,
    Cookie,
}

/// If the header is there, it alone counts, valid or not.
pub fn presented_token(
    headers: &HeaderMap,
    naming: CookieNaming,
) -> Result<(&str, Transport), TokenFault> {
    match headers.get(header::AUTHORIZATION) {
        Some(value) => Ok((bearer(value)?, Transport::Bearer)),
        None => Ok((from_cookies(headers, naming)?, Transport::Cookie)),
    }
}

fn bearer(value: &HeaderValue) -> Result<&str, TokenFault> {
    value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, token)| token.trim_matches(' '))
        .filter(|token| !token.is_empty())
        .ok_or(TokenFault::Malformed(
            "the Authorization header is not `Bearer <token>`",
        ))
}

fn from_cookies(headers: &HeaderMap, naming: CookieNaming) -> Result<&str, TokenFault> {
    let unreadable = TokenFault::Malformed("unreadable cookies");
    let mut found = None;
    for value in headers.get_all(header::COOKIE) {
        for pair in value.to_str().map_err(|_| unreadable)?.split(';') {
            let Some((name, token)) = pair.split_once('=') else {
                continue;
            };
            if name.trim() != cookie::name(naming) {
                continue;
            }
            // One of them may have been planted by another host of the domain.
            if found.replace(token.trim()).is_some() {
                return Err(TokenFault::Malformed("two session cookies"));
            }
        }
    }
    found
        .filter(|token| !token.is_empty())
        .ok_or(TokenFault::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    const AUTH: header::HeaderName = header::AUTHORIZATION;
    const COOKIE: header::HeaderName = header::COOKIE;

    #[test]
    fn the_token_is_found_in_the_header_or_the_cookie_and_the_header_alone_counts() {
        for (given, expected) in [
            (vec![], "missing"),
            (vec![(AUTH, "Bearer t")], "bearer t"),
            (vec![(AUTH, "bEARER   t ")], "bearer t"),
            (vec![(AUTH, "")], "malformed"),
            (vec![(AUTH, "Bearer")], "malformed"),
            (vec![(AUTH, "Bearer ")], "malformed"),
            (vec![(AUTH, "Basic t")], "malformed"),
            (vec![(COOKIE, "__Host-session=t")], "cookie t"),
            (vec![(COOKIE, "a=b; __Host-session=t; c")], "cookie t"),
            (
                vec![(COOKIE, "a=b"), (COOKIE, "__Host-session=t")],
                "cookie t",
            ),
            (vec![(COOKIE, "session=t")], "missing"),
            (vec![(COOKIE, "__host-session=t")], "missing"),
            (vec![(COOKIE, "__Host-session=")], "missing"),
            (
                vec![(COOKIE, "__Host-session=t; __Host-session=t")],
                "malformed",
            ),
            (
                vec![(COOKIE, "__Host-session=t"), (COOKIE, "__Host-session=u")],
                "malformed",
            ),
            (
                vec![(COOKIE, "__Host-session=; __Host-session=u")],
                "malformed",
            ),
            (
                vec![
                    (AUTH, "Bearer t"),
                    (COOKIE, "__Host-session=u; __Host-session=v"),
                ],
                "bearer t",
            ),
            (
                vec![(AUTH, "Nonsense"), (COOKIE, "__Host-session=t")],
                "malformed",
            ),
        ] {
            let map = headers(&given);
            let found = match presented_token(&map, CookieNaming::Host) {
                Ok((token, Transport::Bearer)) => format!("bearer {token}"),
                Ok((token, Transport::Cookie)) => format!("cookie {token}"),
                Err(TokenFault::Missing) => "missing".to_owned(),
                Err(_) => "malformed".to_owned(),
            };
            assert_eq!(found, expected, "{given:?}");
        }
    }

    #[test]
    fn the_local_server_has_a_cookie_of_its_own() {
        let map = headers(&[(header::COOKIE, "session=t; __Host-session=u")]);
        assert_eq!(
            presented_token(&map, CookieNaming::Local),
            Ok(("t", Transport::Cookie))
        );
    }
}
