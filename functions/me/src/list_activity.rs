//! Lists the user's own authentication log, newest first.

use shared::{Context, Error, Timestamp, audit::Entry, session::Identity};
use uuid::Uuid;

pub(crate) struct PageQuery {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<String>,
}

pub(crate) struct Activity {
    pub(crate) entries: Vec<Entry>,
    pub(crate) next_cursor: Option<String>,
}

/// Reads the log while loading the account. Errors of authentication win over those of the query.
pub(crate) async fn list_activity(
    context: Context<'_>,
    identity: Identity,
    query: Result<PageQuery, Error>,
) -> Result<Activity, Error> {
    let user_id = identity.claims.user_id;
    // Boxed: the future holds a whole request.
    let activity = Box::pin(async { read(context, user_id, query?).await });
    let (_, activity) = identity.authenticate_beside(context, activity).await?;
    Ok(activity)
}

async fn read(context: Context<'_>, user_id: Uuid, query: PageQuery) -> Result<Activity, Error> {
    let app = context.app;
    let list = format!("activity {user_id}");
    let before = match &query.cursor {
        None => None,
        Some(cursor) => {
            let opened = app.seal.open(&list, cursor).ok_or(Error::InvalidCursor)?;
            Some(position(&opened)?)
        }
    };
    let now = context.now();
    let kept_seconds = app.settings.log_retention_seconds();
    let oldest = Timestamp::from_seconds(now.seconds() - kept_seconds);
    let page = app
        .store
        .audit_page(user_id, before, oldest, now, query.limit)
        .await?;
    let next_cursor = match page.last {
        None => None,
        Some(id) => Some(app.seal.seal(&list, &id.to_string())?),
    };
    Ok(Activity {
        entries: page.entries,
        next_cursor,
    })
}

fn position(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::InvalidCursor)
}
