//! `GET me/activity`: the user's own authentication log, newest first.

use shared::{
    App, Error, Timestamp,
    http::{Answer, Page, Request, StatusCode, cursor, page_size, read_as_caller},
};
use uuid::Uuid;

pub(crate) async fn activity(app: &App, request: &Request) -> Result<Answer, Error> {
    let wanted = Wanted::read(request);
    let read = |user_id: Uuid, wanted: Wanted| async move {
        let list = format!("activity {user_id}");
        let before = match &wanted.cursor {
            None => None,
            Some(cursor) => Some(place(&app.cursors.open(&list, cursor)?)?),
        };
        let now = app.clock.now();
        let kept = app.settings.log_retention_seconds();
        let oldest = Timestamp::from_seconds(now.seconds() - kept);
        let found = app
            .store
            .activity(user_id, before, oldest, now, wanted.limit)
            .await?;
        let next_cursor = match found.next {
            None => None,
            Some(id) => Some(app.cursors.seal(&list, &id.to_string())?),
        };
        Ok(Page {
            items: found.entries,
            next_cursor,
        })
    };
    let page = read_as_caller(app, request, wanted, read).await?;
    Answer::of(StatusCode::OK, &page)
}

struct Wanted {
    limit: usize,
    cursor: Option<String>,
}

impl Wanted {
    fn read(request: &Request) -> Result<Self, Error> {
        let mut form = request.query_form();
        let limit = page_size(&mut form);
        let cursor = cursor(&mut form);
        form.finish(Some(Self { limit, cursor }))
    }
}

fn place(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::InvalidCursor)
}
