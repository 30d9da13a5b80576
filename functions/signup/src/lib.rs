//! `POST signup`: a new account and its first session, or the mail that its owner must answer first.

mod native;
mod new_account;
mod sign_up;
mod sign_up_in_silence;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).that_hashes().auth(
        "/signup",
        &[(Method::POST, |context, request| {
            Box::pin(native::sign_up(context, request))
        })],
    )
}
