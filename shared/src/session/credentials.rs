//! Finds the session token of a request: in the `Authorization` header or in the session cookie.

use http::{HeaderMap, HeaderValue, header};

use super::cookie;
use crate::{CookieNaming, TokenFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Bearer,
    Cookie,
}

/// If there is an `Authorization` header, cookies are ignored, even if the header is invalid.
pub fn session_token(
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
    let mut values = cookie::values(headers, cookie::session_name(naming));
    let token = values.next();
    // Another host of the domain may have set one of them.
    if values.next().is_some() {
        return Err(TokenFault::Malformed("two session cookies"));
    }
    let token = token
        .filter(|token| !token.is_empty())
        .ok_or(TokenFault::Missing)?;
    str::from_utf8(token).map_err(|_| TokenFault::Malformed("an unreadable session cookie"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn the_header_wins_over_the_cookie() {
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
            let found = match session_token(&map, CookieNaming::Host) {
                Ok((token, Transport::Bearer)) => format!("bearer {token}"),
                Ok((token, Transport::Cookie)) => format!("cookie {token}"),
                Err(TokenFault::Missing) => "missing".to_owned(),
                Err(_) => "malformed".to_owned(),
            };
            assert_eq!(found, expected, "{given:?}");
        }
    }

    #[test]
    fn the_local_server_has_its_own_cookie_name() {
        let map = headers(&[(header::COOKIE, "session=t; __Host-session=u")]);
        assert_eq!(
            session_token(&map, CookieNaming::Local),
            Ok(("t", Transport::Cookie))
        );
    }

    /// Cookies that other programs of the host may have set.
    fn other_cookies() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let byte = prop_oneof![
            any::<u8>(),
            proptest::sample::select(b"=;\" ,_-".as_slice())
        ];
        let line = proptest::collection::vec(byte, 0..24);
        proptest::collection::vec(line, 0..4).prop_filter("ours or no header", |lines| {
            lines.iter().all(|line| {
                HeaderValue::from_bytes(line).is_ok()
                    && !line.windows(7).any(|part| part == b"session")
            })
        })
    }

    proptest! {
        #[test]
        fn other_cookies_are_ignored(
            before in other_cookies(),
            after in other_cookies(),
            token in proptest::option::of("[!-:<-~]{1,40}"),
        ) {
            let mut map = HeaderMap::new();
            for line in before {
                map.append(COOKIE, HeaderValue::from_bytes(&line).unwrap());
            }
            let ours = token.as_ref().map(|token| format!("a=b; __Host-session={token} ;c"));
            if let Some(line) = &ours {
                map.append(COOKIE, HeaderValue::from_str(line).unwrap());
            }
            for line in after {
                map.append(COOKIE, HeaderValue::from_bytes(&line).unwrap());
            }
            let expected = match &token {
                Some(token) => Ok((token.as_str(), Transport::Cookie)),
                None => Err(TokenFault::Missing),
            };
            prop_assert_eq!(session_token(&map, CookieNaming::Host), expected);
        }

        #[test]
        fn a_second_session_cookie_is_refused(
            tokens in proptest::collection::vec("[a-z.]{0,8}", 2..4),
            on_one_line in any::<bool>(),
        ) {
            let pairs: Vec<String> =
                tokens.iter().map(|token| format!(" __Host-session = {token}")).collect();
            let lines = if on_one_line { vec![pairs.join(";")] } else { pairs };
            let mut map = HeaderMap::new();
            for line in lines {
                map.append(COOKIE, HeaderValue::from_str(&line).unwrap());
            }
            let verdict = session_token(&map, CookieNaming::Host);
            prop_assert_eq!(verdict, Err(TokenFault::Malformed("two session cookies")));
        }

        #[test]
        fn an_invalid_header_never_falls_back_to_a_cookie(
            header in "([Bb]earer|Basic)?[ \t]{0,2}[!-~\u{80}-\u{ff}]{0,12}",
            cookie in "[a-z]{0,8}",
        ) {
            let mut map = headers(&[(AUTH, &header)]);
            let alone = session_token(&map, CookieNaming::Host).map(|(token, _)| token.to_owned());
            let cookie = format!("__Host-session={cookie}");
            map.append(COOKIE, HeaderValue::from_str(&cookie).unwrap());
            let both = session_token(&map, CookieNaming::Host).map(|(token, way)| {
                assert_eq!(way, Transport::Bearer);
                token.to_owned()
            });
            prop_assert_ne!(&both, &Err(TokenFault::Missing));
            prop_assert_eq!(both, alone);
        }
    }
}
