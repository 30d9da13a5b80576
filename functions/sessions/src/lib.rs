//! `me/sessions`: where the caller is logged in, and the end of sessions that go on elsewhere.

mod end_other_sessions;
mod end_session;
mod list_sessions;
mod native;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE)
        .auth(
            "/me/sessions",
            &[
                (Method::GET, |context, request| {
                    Box::pin(native::list(context, request))
                }),
                (Method::DELETE, |context, request| {
                    Box::pin(native::end_others(context, request))
                }),
            ],
        )
        .auth(
            "/me/sessions/{id}",
            &[(Method::DELETE, |context, request| {
                Box::pin(native::end(context, request))
            })],
        )
}
