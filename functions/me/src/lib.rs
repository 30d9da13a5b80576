//! `me`: the account of who is calling.

mod activity;
mod remove;
mod show;
mod update;

use shared::http::{Endpoint, Method};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new()
        .auth(
            "/me",
            &[
                (Method::GET, |app, request| {
                    Box::pin(show::show(app, request))
                }),
                (Method::PATCH, |app, request| {
                    Box::pin(update::update(app, request))
                }),
                (Method::DELETE, |app, request| {
                    Box::pin(remove::remove(app, request))
                }),
            ],
        )
        .auth(
            "/me/activity",
            &[(Method::GET, |app, request| {
                Box::pin(activity::activity(app, request))
            })],
        )
}
