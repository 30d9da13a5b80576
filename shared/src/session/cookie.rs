//! The session cookie.

use crate::{CookieNaming, SameSite, Settings, Timestamp, token::IssuedToken};

pub(super) fn name(naming: CookieNaming) -> &'static str {
    match naming {
        // Browsers accept the prefix only with `Secure`, `Path=/` and no `Domain`:
        // <https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2>.
        CookieNaming::Host => "__Host-session",
        CookieNaming::Local => "session",
    }
}

/// Expires with the token.
#[must_use]
pub fn session_cookie(issued: &IssuedToken, now: Timestamp, settings: &Settings) -> String {
    set_cookie(
        &issued.token,
        issued.claims.expires_at - now.seconds(),
        settings,
    )
}

#[must_use]
pub fn clearing_cookie(settings: &Settings) -> String {
    set_cookie("", 0, settings)
}

fn set_cookie(value: &str, max_age: i64, settings: &Settings) -> String {
    let name = name(settings.cookie_naming);
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
