//! The closed list of codes that a caller can be answered with.

use http::StatusCode;

macro_rules! error_codes {
    ($($status:ident { $($code:ident),+ $(,)? })+) => {
        /// A new one needs a case that a client must tell apart; the README lists them all.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($($code),+),+ }

        impl ErrorCode {
            pub const ALL: &[Self] = &[$($(Self::$code),+),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$code => stringify!($code)),+),+ }
            }

            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $($(Self::$code)|+ => StatusCode::$status),+ }
            }
        }
    };
}

error_codes! {
    BAD_REQUEST { MalformedJson, InvalidCursor }
    UNAUTHORIZED {
        InvalidCredentials,
        TokenMissing,
        TokenMalformed,
        TokenSignatureInvalid,
        TokenExpired,
        TokenNotYetValid,
        TokenClaimsInvalid,
        TokenRevoked,
    }
    FORBIDDEN { WrongPassword, AccountInactive, Forbidden, ForeignOrigin }
    NOT_FOUND { NotFound }
    METHOD_NOT_ALLOWED { MethodNotAllowed }
    CONFLICT { EmailTaken, UsernameTaken, Conflict }
    PRECONDITION_FAILED { PreconditionFailed }
    PAYLOAD_TOO_LARGE { PayloadTooLarge }
    UNSUPPORTED_MEDIA_TYPE { UnsupportedMediaType }
    UNPROCESSABLE_ENTITY { ValidationFailed, WeakPassword, IdempotencyMismatch }
    TOO_MANY_REQUESTS { TooManyRequests }
    INTERNAL_SERVER_ERROR { Internal }
    SERVICE_UNAVAILABLE { Unavailable }
}
