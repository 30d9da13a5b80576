//! `email/…` and `me/email`: shows that an e-mail is its owner's, and changes it.

mod email_changed;
mod native;
mod request_change;
mod resend_link;
mod use_link;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE)
        .that_hashes()
        .auth(
            "/email/verify",
            &[(Method::POST, |context, request| {
                Box::pin(native::verify(context, request))
            })],
        )
        .auth(
            "/email/resend",
            &[(Method::POST, |context, request| {
                Box::pin(native::resend(context, request))
            })],
        )
        .auth(
            "/me/email",
            &[(Method::POST, |context, request| {
                Box::pin(native::request_change(context, request))
            })],
        )
}
