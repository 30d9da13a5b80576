//! Why a session token is refused.

use crate::ErrorCode;

/// The `&'static str` is the cause for the log. No caller sees it.
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

impl TokenFault {
    #[must_use]
    pub fn code(self) -> ErrorCode {
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

    #[must_use]
    pub fn cause(self) -> Option<&'static str> {
        match self {
            Self::Malformed(cause)
            | Self::SignatureInvalid(cause)
            | Self::ClaimsInvalid(cause)
            | Self::Revoked(cause) => Some(cause),
            Self::Missing | Self::Expired | Self::NotYetValid => None,
        }
    }
}
