//! `POST refresh`: trades a valid token for a new one of the same session.

mod native;
mod refresh;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).auth(
        "/refresh",
        &[(Method::POST, |context, request| {
            Box::pin(native::refresh(context, request))
        })],
    )
}
