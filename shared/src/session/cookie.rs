//! The cookies of sessions and devices.

use http::{HeaderMap, header};

use crate::{CookieNaming, SameSite, Settings, Timestamp, token::IssuedToken};

// Browsers accept the prefix only with `Secure`, `Path=/` and no `Domain`:
// <https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2>.

pub(super) fn session_name(naming: CookieNaming) -> &'static str {
    match naming {
        CookieNaming::Host => "__Host-session",
        CookieNaming::Local => "session",
    }
}

pub(super) fn device_name(naming: CookieNaming) -> &'static str {
    match naming {
        CookieNaming::Host => "__Host-device",
        CookieNaming::Local => "device",
    }
}

/// The values of all cookies of that name. They are bytes: other cookies of this host may hold any.
pub(super) fn values<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> impl Iterator<Item = &'a [u8]> {
    let values = headers.get_all(header::COOKIE).into_iter();
    let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let is_of_name = halves.next()?.trim_ascii() == name.as_bytes();
        halves.next().filter(|_| is_of_name).map(<[u8]>::trim_ascii)
    })
}

/// Expires with the token.
#[must_use]
pub fn session_cookie(issued: &IssuedToken, now: Timestamp, settings: &Settings) -> String {
    set_cookie(
        session_name(settings.cookie_naming),
        &issued.token,
        issued.claims.expires_at - now.seconds(),
        settings,
    )
}

#[must_use]
pub fn clearing_cookie(settings: &Settings) -> String {
    set_cookie(session_name(settings.cookie_naming), "", 0, settings)
}

pub(super) fn set_cookie(name: &str, value: &str, max_age: i64, settings: &Settings) -> String {
    let same_site = match settings.cookie_same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
        SameSite::None => "None",
    };
    let secure = match settings.cookie_naming {
        CookieNaming::Host => "; Secure",
        CookieNaming::Local => "",
    };
    format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite={same_site}{secure}")
}
