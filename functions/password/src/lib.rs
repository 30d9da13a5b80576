//! `POST me/password`: a new password. Every other session ends. This one goes on with a new token.

mod change_password;
mod native;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).that_hashes().auth(
        "/me/password",
        &[(Method::POST, |context, request| {
            Box::pin(native::change_password(context, request))
        })],
    )
}
