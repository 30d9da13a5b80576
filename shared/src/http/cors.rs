//! Which web pages may call: the foreign-origin rule (CSRF), and CORS for listed origins.

use http::{HeaderMap, HeaderValue, header};

use super::Request;
use crate::{App, CookieNaming, Error, Settings};

/// Refuses a browser's call for a page of another origin, unless that origin is listed. Programs
/// other than browsers send neither header and pass.
pub fn refuse_foreign_origin(app: &App, request: &Request) -> Result<(), Error> {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN);
    let is_listed = origin.is_some_and(|origin| listed(&app.settings, origin).is_some());
    let passes = match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => is_listed,
        None => match origin {
            None => true,
            Some(origin) => is_listed || is_own(origin, headers, app.settings.cookie_naming),
        },
    };
    if passes {
        Ok(())
    } else {
        Err(Error::ForeignOrigin)
    }
}

fn listed<'a>(settings: &'a Settings, origin: &HeaderValue) -> Option<&'a str> {
    settings
        .allowed_origins
        .iter()
        .find(|listed| listed.as_bytes() == origin.as_bytes())
        .map(String::as_str)
}

fn is_own(origin: &HeaderValue, headers: &HeaderMap, naming: CookieNaming) -> bool {
    let scheme = match naming {
        CookieNaming::Host => "https://",
        CookieNaming::Local => "http://",
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin_host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix(scheme));
    host.zip(origin_host)
        .is_some_and(|(host, origin)| host.eq_ignore_ascii_case(origin))
}

/// Allows exactly the listed origin, with credentials. Other origins get no header.
pub(super) fn add_headers(settings: &Settings, request: &Request, headers: &mut HeaderMap) {
    if settings.allowed_origins.is_empty() {
        return;
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return;
    };
    if listed(settings, origin).is_none() {
        return;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id"),
    );
}

/// A browser asks before it makes a call from a listed origin. The gateway answers where it has a
/// list of its own, the function everywhere else.
pub(super) fn is_listed_preflight(settings: &Settings, request: &Request) -> bool {
    request.method == http::Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && request
            .headers()
            .get(header::ORIGIN)
            .is_some_and(|origin| listed(settings, origin).is_some())
}

pub(super) fn add_preflight_headers(methods: &str, headers: &mut HeaderMap) {
    if let Ok(methods) = HeaderValue::from_str(methods) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "authorization, content-type, idempotency-key, if-match, if-none-match",
        ),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("600"),
    );
}
