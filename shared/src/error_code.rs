//! The closed list of error codes. Answers, log lines and audit entries name errors by them.

macro_rules! error_codes {
    ($($code:ident),+ $(,)?) => {
        /// `docs/api.md` lists them all. A new one needs a case that a client must tell apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($code),+ }

        impl ErrorCode {
            pub const ALL: &[Self] = &[$(Self::$code),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code)),+ }
            }
        }
    };
}

error_codes! {
    MalformedJson,
    InvalidCursor,
    LinkInvalid,
    InvalidCredentials,
    TokenMissing,
    TokenMalformed,
    TokenSignatureInvalid,
    TokenExpired,
    TokenNotYetValid,
    TokenClaimsInvalid,
    TokenRevoked,
    WrongPassword,
    AccountInactive,
    EmailNotVerified,
    Forbidden,
    ForeignOrigin,
    NotFound,
    MethodNotAllowed,
    EmailTaken,
    UsernameTaken,
    QuotaReached,
    Conflict,
    PreconditionFailed,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    WeakPassword,
    IdempotencyMismatch,
    TooManyRequests,
    Internal,
    Unavailable,
}
