//! The text of each error. It tells the caller what to do, and nothing of how the error was found.

use crate::{Error, TokenFault};

pub(super) fn message(error: &Error) -> &'static str {
    match error {
        Error::MalformedJson(message) => message,
        Error::InvalidCursor => {
            "This cursor belongs to another list. Begin again without a cursor."
        }
        Error::LinkInvalid => {
            "This link is used, expired or replaced by a later one. Ask for a new link."
        }
        Error::InvalidCredentials(_) => {
            "These credentials are not right. Check the e-mail or username and the password."
        }
        Error::Token(fault) => of_token(*fault),
        Error::WrongPassword => "The current password is not right.",
        Error::AccountInactive => "This account is suspended. Contact the operator.",
        Error::EmailNotVerified => {
            "Verify your e-mail first: open the link that was mailed to it, then log in again."
        }
        Error::Forbidden => "This address belongs to another user. Use your own user id.",
        Error::NotThroughEdge => "Call this API by its public address.",
        Error::ForeignOrigin => {
            "This call came from a page of another origin. Add that origin to the allowed list, or send a bearer token instead of the cookie."
        }
        Error::NotFound => "There is nothing at this address.",
        Error::MethodNotAllowed { .. } => {
            "This address does not have that method. The Allow header lists the ones it has."
        }
        Error::EmailTaken => {
            "There is an account with this e-mail already. Log in, or use another e-mail."
        }
        Error::UsernameTaken => "This username is taken. Choose another one.",
        Error::QuotaReached => {
            "You have as many tasks as one account can have. Delete some, then repeat the call."
        }
        Error::Conflict => {
            "Something else changed this at the same time. Read it again, then repeat the call."
        }
        Error::PreconditionFailed => {
            "This has been changed since the version that If-Match names. Read it again."
        }
        Error::PayloadTooLarge => "The body is larger than 64 KiB.",
        Error::UnsupportedMediaType => {
            "Send the body as application/json in UTF-8, without a Content-Encoding."
        }
        Error::ValidationFailed(_) => "Some fields are not right; `detail` names each of them.",
        Error::WeakPassword { .. } => {
            "This password is too easy to guess; `detail` says why and how to do better."
        }
        Error::IdempotencyMismatch => {
            "This Idempotency-Key was used with another body. Use a new key for a new request."
        }
        Error::TooManyRequests { .. } => {
            "That was too often. Wait as many seconds as the Retry-After header says."
        }
        Error::Internal(_) => "Something went wrong here. Repeat the call later.",
        Error::Unavailable(_) => {
            "The service cannot answer right now. Repeat the call in a moment."
        }
    }
}

fn of_token(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Log in first: this call needs a session token.",
        TokenFault::Malformed(_) => "The session token cannot be read. Log in again.",
        TokenFault::SignatureInvalid(_) => "The session token is not one of ours. Log in again.",
        TokenFault::Expired => "The session token has expired. Log in again.",
        TokenFault::NotYetValid => {
            "The session token is not valid yet. Check the clock of its issuer."
        }
        TokenFault::ClaimsInvalid(_) => "The session token's claims do not hold. Log in again.",
        TokenFault::Revoked(_) => "This session has ended. Log in again.",
    }
}
