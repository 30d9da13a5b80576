//! The one mapping from an error to HTTP.

use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;
use serde::Serialize;
use serde_json::Value;

use crate::{Error, ErrorCode, Timestamp};

#[derive(Serialize)]
struct Envelope<'a> {
    success: bool,
    status: u16,
    error_code: &'static str,
    message: &'static str,
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Value>,
    timestamp: Timestamp,
    request_id: &'a str,
}

pub(super) fn response(error: &Error, request_id: &str, now: Timestamp) -> Response<Body> {
    let code = error.code();
    let envelope = Envelope {
        success: false,
        status: code.status().as_u16(),
        error_code: code.as_str(),
        message: error.message(),
        error: error.message(),
        detail: error.detail(),
        timestamp: now,
        request_id,
    };
    // Only a time that no clock shows could not be written.
    let body = serde_json::to_string(&envelope).unwrap_or_default();
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = code.status();
    response.headers_mut().extend(headers(error));
    response
}

fn headers(error: &Error) -> Option<(HeaderName, HeaderValue)> {
    match error {
        Error::MethodNotAllowed { allow } => HeaderValue::from_str(allow)
            .ok()
            .map(|methods| (header::ALLOW, methods)),
        Error::TooManyRequests {
            retry_after_seconds,
            ..
        } => Some((header::RETRY_AFTER, (*retry_after_seconds).into())),
        Error::Unavailable(_) => Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
        _ => challenge(error.code())
            .map(|text| (header::WWW_AUTHENTICATE, HeaderValue::from_static(text))),
    }
}

fn challenge(code: ErrorCode) -> Option<&'static str> {
    match code {
        // RFC 6750: who brought no token is not told of an error.
        ErrorCode::TokenMissing | ErrorCode::InvalidCredentials => {
            Some("Bearer realm=\"latchkey\"")
        }
        ErrorCode::TokenMalformed
        | ErrorCode::TokenSignatureInvalid
        | ErrorCode::TokenExpired
        | ErrorCode::TokenNotYetValid
        | ErrorCode::TokenClaimsInvalid
        | ErrorCode::TokenRevoked => Some("Bearer realm=\"latchkey\", error=\"invalid_token\""),
        _ => None,
    }
}
