//! The one mapping from an error to HTTP.

use http::{HeaderName, HeaderValue, Response, header};
use lambda_http::Body;
use serde_json::json;

use crate::{Error, ErrorCode, Timestamp};

pub(super) fn response(error: &Error, request_id: &str, now: Timestamp) -> Response<Body> {
    let code = error.code();
    let mut body = json!({
        "success": false,
        "status": code.status().as_u16(),
        "error_code": code.as_str(),
        "message": error.message(),
        "error": error.message(),
        "timestamp": now,
        "request_id": request_id,
    });
    if let (Some(fields), Some(detail)) = (body.as_object_mut(), error.detail()) {
        fields.insert("detail".to_owned(), detail);
    }
    let mut response = Response::new(Body::Text(body.to_string()));
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
