//! `POST signup`: a new account and its first session.

mod native;
mod sign_up;

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
