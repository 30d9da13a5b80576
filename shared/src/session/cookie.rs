//! The session cookie.

use super::IssuedToken;
use crate::{CookieNaming, SameSite, Settings, Timestamp};

pub(super) fn name(naming: CookieNaming) -> &'static str {
    match naming {
        // The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
        CookieNaming::Host => "__Host-session",
        CookieNaming::Local => "session",
    }
}

/// Lives exactly as long as the token in it.
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
