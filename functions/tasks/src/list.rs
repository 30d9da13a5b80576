//! `GET tasks`: a page of the list.

use shared::{
    App, Error,
    http::{Answer, Page, Request, StatusCode, read_as_owner},
};
use uuid::Uuid;

use crate::{
    page::{self, Place},
    query::ListQuery,
};

pub(crate) async fn list(app: &App, request: &Request) -> Result<Answer, Error> {
    let wanted = ListQuery::read(request);
    let read = |user_id: Uuid, query: ListQuery| async move {
        let list = format!("tasks {user_id} {}", query.name());
        let from = match &query.cursor {
            None => None,
            Some(cursor) => Some(Place::parse(&app.cursors.open(&list, cursor)?)?),
        };
        let found = page::read(&app.store, user_id, &query, from).await?;
        let next_cursor = match found.next {
            None => None,
            Some(place) => Some(app.cursors.seal(&list, &place.to_text())?),
        };
        Ok(Page {
            items: found.tasks,
            next_cursor,
        })
    };
    // Boxed, for it holds several requests at once.
    let page = Box::pin(read_as_owner(app, request, wanted, read)).await?;
    Answer::of(StatusCode::OK, &page)
}
