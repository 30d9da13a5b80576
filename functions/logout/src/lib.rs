//! `POST logout`: ends this session, or every session of the user.

mod log_out;
mod native;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).auth(
        "/logout",
        &[(Method::POST, |context, request| {
            Box::pin(native::log_out(context, request))
        })],
    )
}
