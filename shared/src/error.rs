//! All errors, by their meaning. A dialect maps them to statuses and texts.

use std::collections::BTreeMap;

use crate::{ErrorCode, Timestamp, TokenFault, Weakness};

/// The problem with each bad field of a request, by the field's name.
pub type FieldErrors = BTreeMap<String, String>;

/// A `&'static str` is the cause for the log. No caller sees it.
#[derive(Debug)]
pub enum Error {
    MalformedJson(&'static str),
    InvalidCursor,
    /// The token of a link that is unknown, used, expired or void.
    LinkInvalid,
    InvalidCredentials(&'static str),
    Token(TokenFault),
    WrongPassword,
    AccountInactive,
    /// The password is right, and nobody has shown that the e-mail is theirs.
    EmailNotVerified,
    /// The path names another user.
    Forbidden,
    /// The call reached the gateway past the edge before it.
    NotThroughEdge,
    ForeignOrigin,
    NotFound,
    MethodNotAllowed {
        allow: String,
    },
    EmailTaken,
    UsernameTaken,
    /// As many as there may be of it.
    QuotaReached,
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

impl Error {
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::MalformedJson(_) => ErrorCode::MalformedJson,
            Self::InvalidCursor => ErrorCode::InvalidCursor,
            Self::LinkInvalid => ErrorCode::LinkInvalid,
            Self::InvalidCredentials(_) => ErrorCode::InvalidCredentials,
            Self::Token(fault) => fault.code(),
            Self::WrongPassword => ErrorCode::WrongPassword,
            Self::AccountInactive => ErrorCode::AccountInactive,
            Self::EmailNotVerified => ErrorCode::EmailNotVerified,
            Self::Forbidden | Self::NotThroughEdge => ErrorCode::Forbidden,
            Self::ForeignOrigin => ErrorCode::ForeignOrigin,
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
            Self::EmailTaken => ErrorCode::EmailTaken,
            Self::UsernameTaken => ErrorCode::UsernameTaken,
            Self::QuotaReached => ErrorCode::QuotaReached,
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

    /// For the log alone: it may tell what no caller may learn.
    #[must_use]
    pub fn cause(&self) -> Option<&'static str> {
        match self {
            Self::InvalidCredentials(cause)
            | Self::TooManyRequests { cause, .. }
            | Self::Internal(cause)
            | Self::Unavailable(cause) => Some(cause),
            Self::Token(fault) => fault.cause(),
            Self::NotThroughEdge => Some("not through the edge"),
            _ => None,
        }
    }

    /// The wait is rounded up to whole seconds, and is at least one.
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

impl From<TokenFault> for Error {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}
