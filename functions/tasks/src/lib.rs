//! `/api/{user_id}/tasks`: a user's own tasks. Nothing outside this folder knows what a task is.

#[cfg(test)]
mod asked;
mod changes;
mod create;
mod delete;
mod due_date;
mod etag;
mod fields;
mod filters;
mod idempotency;
mod item;
mod list;
mod page;
mod patch;
mod query;
mod read;
mod replace;
mod task;

use shared::http::{Endpoint, Method};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new()
        .path(
            "/api/{user_id}/tasks",
            &[
                (Method::GET, |app, request| {
                    Box::pin(list::list(app, request))
                }),
                (Method::POST, |app, request| {
                    Box::pin(create::create(app, request))
                }),
            ],
        )
        .path(
            "/api/{user_id}/tasks/{id}",
            &[
                (Method::GET, |app, request| {
                    Box::pin(read::read(app, request))
                }),
                (Method::PUT, |app, request| {
                    Box::pin(replace::replace(app, request))
                }),
                (Method::PATCH, |app, request| {
                    Box::pin(patch::patch(app, request))
                }),
                (Method::DELETE, |app, request| {
                    Box::pin(delete::delete(app, request))
                }),
            ],
        )
}
