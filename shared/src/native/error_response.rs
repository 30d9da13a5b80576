//! The error envelope, with the headers that some errors need.

use http::{HeaderName, HeaderValue, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::{message::message, status};
use crate::{Error, ErrorCode, Timestamp, http::Response};

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

pub(super) fn error_response(error: &Error, request_id: &str, now: Timestamp) -> Response {
    let code = error.code();
    let envelope = Envelope {
        success: false,
        status: status(code).as_u16(),
        error_code: code.as_str(),
        message: message(error),
        error: message(error),
        detail: detail(error),
        timestamp: now,
        request_id,
    };
    // Serializing fails only for a time beyond the year 9999.
    let response =
        Response::json(status(code), &envelope).unwrap_or_else(|_| Response::empty(status(code)));
    match header(error) {
        Some((name, value)) => response.with_header(name, value),
        None => response,
    }
}

fn detail(error: &Error) -> Option<Value> {
    match error {
        Error::ValidationFailed(fields) => Some(json!({ "fields": fields })),
        Error::WeakPassword { field, weakness } => Some(json!({
            "fields": { (*field): weakness.advice() },
            "rule": weakness.rule(),
        })),
        _ => None,
    }
}

fn header(error: &Error) -> Option<(HeaderName, HeaderValue)> {
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
        // RFC 6750, 3.1: without a token, the challenge names no error.
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
