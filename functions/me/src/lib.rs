//! `me`: the account of the caller.

mod delete_account;
pub mod export;
mod list_activity;
mod native;
mod update_profile;

pub use native::ExportItemJson;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE)
        .auth(
            "/me",
            &[
                (Method::GET, |context, request| {
                    Box::pin(native::show(context, request))
                }),
                (Method::PATCH, |context, request| {
                    Box::pin(native::update(context, request))
                }),
                (Method::DELETE, |context, request| {
                    Box::pin(native::delete(context, request))
                }),
            ],
        )
        .auth(
            "/me/activity",
            &[(Method::GET, |context, request| {
                Box::pin(native::activity(context, request))
            })],
        )
        .auth(
            "/me/export",
            &[(Method::GET, |context, request| {
                Box::pin(native::export(context, request))
            })],
        )
}
