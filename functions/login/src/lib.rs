//! `POST login`: a new session for a known account.

mod log_in;
mod native;
mod unverified;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).that_hashes().auth(
        "/login",
        &[(Method::POST, |context, request| {
            Box::pin(native::log_in(context, request))
        })],
    )
}
