//! `/api/{user_id}/tasks`: a user's own tasks. No other crate knows what a task is.

mod change;
mod create;
mod delete;
mod due_date;
mod etag;
mod fields;
mod filters;
mod idempotency;
mod list;
mod list_query;
mod native;
mod quota;
mod read;
mod repository;
mod search;
mod task;
mod task_pages;
mod task_patch;
#[cfg(test)]
mod test_support;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE)
        .path(
            "/api/{user_id}/tasks",
            &[
                (Method::GET, |context, request| {
                    Box::pin(native::list(context, request))
                }),
                (Method::POST, |context, request| {
                    Box::pin(native::create(context, request))
                }),
            ],
        )
        .path(
            "/api/{user_id}/tasks/{id}",
            &[
                (Method::GET, |context, request| {
                    Box::pin(native::read(context, request))
                }),
                (Method::PUT, |context, request| {
                    Box::pin(native::replace(context, request))
                }),
                (Method::PATCH, |context, request| {
                    Box::pin(native::patch(context, request))
                }),
                (Method::DELETE, |context, request| {
                    Box::pin(native::delete(context, request))
                }),
            ],
        )
}
