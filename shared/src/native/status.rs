//! The status of each error code.

use http::StatusCode;

use crate::ErrorCode;

#[must_use]
pub fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::MalformedJson | ErrorCode::InvalidCursor | ErrorCode::LinkInvalid => {
            StatusCode::BAD_REQUEST
        }
        ErrorCode::InvalidCredentials
        | ErrorCode::TokenMissing
        | ErrorCode::TokenMalformed
        | ErrorCode::TokenSignatureInvalid
        | ErrorCode::TokenExpired
        | ErrorCode::TokenNotYetValid
        | ErrorCode::TokenClaimsInvalid
        | ErrorCode::TokenRevoked => StatusCode::UNAUTHORIZED,
        ErrorCode::WrongPassword
        | ErrorCode::AccountInactive
        | ErrorCode::EmailNotVerified
        | ErrorCode::Forbidden
        | ErrorCode::ForeignOrigin => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::EmailTaken
        | ErrorCode::UsernameTaken
        | ErrorCode::QuotaReached
        | ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::ValidationFailed | ErrorCode::WeakPassword | ErrorCode::IdempotencyMismatch => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
