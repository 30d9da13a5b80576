//! `GET tasks/{id}`: one task, or 304 if the caller has it already.

use http::header;
use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, item_as_owner},
};

use crate::{etag, item, task};

pub(crate) async fn read(app: &App, request: &Request) -> Result<Answer, Error> {
    let wanted = request
        .refuse_parameters()
        .and_then(|()| task::id_of(request));
    let item = item_as_owner(app, request, wanted.map(item::sort_key)).await?;
    let task = item::read(item)?;
    if etag::is_known(request, task.version) {
        return Ok(Answer::without_body(StatusCode::NOT_MODIFIED)
            .with_header(header::ETAG, etag::of(task.version)));
    }
    task.answer(StatusCode::OK)
}
