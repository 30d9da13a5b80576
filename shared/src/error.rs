//! What can go wrong, with two truths each: the code and words for the caller, and a cause for the
//! log alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{ErrorCode, Timestamp, Weakness};

/// What is wrong with each bad field of a request, by the field's name.
pub type FieldErrors = BTreeMap<String, String>;

#[derive(Debug)]
pub enum Error {
    MalformedJson(&'static str),
    InvalidCursor,
    /// The cause tells the log what no caller may learn: which part did not fit.
    InvalidCredentials(&'static str),
    Token(TokenFault),
    WrongPassword,
    AccountInactive,
    /// The path is somebody else's.
    Forbidden,
    ForeignOrigin,
    NotFound,
    MethodNotAllowed {
        allow: String,
    },
    EmailTaken,
    UsernameTaken,
    Conflict,
    PreconditionFailed,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed(FieldErrors),
    IdempotencyMismatch,
    WeakPassword {
        field: &'static str,
        weakness: Weakness,
    },
    TooManyRequests {
        cause: &'static str,
        retry_after_seconds: i64,
    },
    Internal(&'static str),
    Unavailable(&'static str),
}

/// Why a token is not good. The cause is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    Missing,
    Malformed(&'static str),
    SignatureInvalid(&'static str),
    Expired,
    NotYetValid,
    ClaimsInvalid(&'static str),
    Revoked(&'static str),
}

impl Error {
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::MalformedJson(_) => ErrorCode::MalformedJson,
            Self::InvalidCursor => ErrorCode::InvalidCursor,
            Self::InvalidCredentials(_) => ErrorCode::InvalidCredentials,
            Self::Token(fault) => fault.code(),
            Self::WrongPassword => ErrorCode::WrongPassword,
            Self::AccountInactive => ErrorCode::AccountInactive,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::ForeignOrigin => ErrorCode::ForeignOrigin,
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
            Self::EmailTaken => ErrorCode::EmailTaken,
            Self::UsernameTaken => ErrorCode::UsernameTaken,
            Self::Conflict => ErrorCode::Conflict,
            Self::PreconditionFailed => ErrorCode::PreconditionFailed,
            Self::PayloadTooLarge => ErrorCode::PayloadTooLarge,
            Self::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
            Self::ValidationFailed(_) => ErrorCode::ValidationFailed,
            Self::WeakPassword { .. } => ErrorCode::WeakPassword,
            Self::IdempotencyMismatch => ErrorCode::IdempotencyMismatch,
            Self::TooManyRequests { .. } => ErrorCode::TooManyRequests,
            Self::Internal(_) => ErrorCode::Internal,
            Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// What the caller is told: what is wrong and what to do, nothing of how it was found out.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::MalformedJson(message) => message,
            Self::InvalidCursor => {
                "This cursor belongs to another list. Begin again without a cursor."
            }
            Self::InvalidCredentials(_) => {
                "These credentials are not right. Check the e-mail or username and the password."
            }
            Self::Token(fault) => fault.message(),
            Self::WrongPassword => "The current password is not right.",
            Self::AccountInactive => "This account is suspended. Contact the operator.",
            Self::Forbidden => "This address belongs to another user. Use your own user id.",
            Self::ForeignOrigin => {
                "This call came from a page of another origin. Add that origin to the allowed list, or send a bearer token instead of the cookie."
            }
            Self::NotFound => "There is nothing at this address.",
            Self::MethodNotAllowed { .. } => {
                "This address does not have that method. The Allow header lists the ones it has."
            }
            Self::EmailTaken => {
                "There is an account with this e-mail already. Log in, or use another e-mail."
            }
            Self::UsernameTaken => "This username is taken. Choose another one.",
            Self::Conflict => {
                "Something else changed this at the same time. Read it again, then repeat the call."
            }
            Self::PreconditionFailed => {
                "This has been changed since the version that If-Match names. Read it again."
            }
            Self::PayloadTooLarge => "The body is larger than 64 KiB.",
            Self::UnsupportedMediaType => {
                "Send the body as application/json in UTF-8, without a Content-Encoding."
            }
            Self::ValidationFailed(_) => "Some fields are not right; `detail` names each of them.",
            Self::WeakPassword { .. } => {
                "This password is too easy to guess; `detail` says why and how to do better."
            }
            Self::IdempotencyMismatch => {
                "This Idempotency-Key was used with another body. Use a new key for a new request."
            }
            Self::TooManyRequests { .. } => {
                "That was too often. Wait as many seconds as the Retry-After header says."
            }
            Self::Internal(_) => "Something went wrong here. Repeat the call later.",
            Self::Unavailable(_) => {
                "The service cannot answer right now. Repeat the call in a moment."
            }
        }
    }

    #[must_use]
    pub fn detail(&self) -> Option<Value> {
        match self {
            Self::ValidationFailed(fields) => Some(json!({ "fields": fields })),
            Self::WeakPassword { field, weakness } => Some(json!({
                "fields": { (*field): weakness.advice() },
                "rule": weakness.rule(),
            })),
            _ => None,
        }
    }

    /// For the log alone.
    #[must_use]
    pub fn cause(&self) -> Option<&'static str> {
        match self {
            Self::InvalidCredentials(cause)
            | Self::TooManyRequests { cause, .. }
            | Self::Internal(cause)
            | Self::Unavailable(cause)
            | Self::Token(
                TokenFault::Malformed(cause)
                | TokenFault::SignatureInvalid(cause)
                | TokenFault::ClaimsInvalid(cause)
                | TokenFault::Revoked(cause),
            ) => Some(cause),
            _ => None,
        }
    }

    /// Until a moment, told in whole seconds and never too few.
    #[must_use]
    pub fn too_many(cause: &'static str, until: Timestamp, now: Timestamp) -> Self {
        let millis = until.millis() - now.millis();
        Self::TooManyRequests {
            cause,
            retry_after_seconds: (millis + 999).div_euclid(1000).max(1),
        }
    }

    #[must_use]
    pub fn field(name: &str, wrong: &str) -> Self {
        Self::ValidationFailed(FieldErrors::from([(name.to_owned(), wrong.to_owned())]))
    }
}

impl TokenFault {
    fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::TokenMissing,
            Self::Malformed(_) => ErrorCode::TokenMalformed,
            Self::SignatureInvalid(_) => ErrorCode::TokenSignatureInvalid,
            Self::Expired => ErrorCode::TokenExpired,
            Self::NotYetValid => ErrorCode::TokenNotYetValid,
            Self::ClaimsInvalid(_) => ErrorCode::TokenClaimsInvalid,
            Self::Revoked(_) => ErrorCode::TokenRevoked,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Missing => "Log in first: this call needs a session token.",
            Self::Malformed(_) => "The session token cannot be read. Log in again.",
            Self::SignatureInvalid(_) => "The session token is not one of ours. Log in again.",
            Self::Expired => "The session token has expired. Log in again.",
            Self::NotYetValid => {
                "The session token is not valid yet. Check the clock of its issuer."
            }
            Self::ClaimsInvalid(_) => "The session token's claims do not hold. Log in again.",
            Self::Revoked(_) => "This session has ended. Log in again.",
        }
    }
}

impl From<TokenFault> for Error {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}
