//! Lists tasks, one page a call.

use shared::{Context, Error, session::Identity};
use uuid::Uuid;

use crate::{
    list_query::ListQuery,
    task::Task,
    task_pages::{self, Position},
};

pub(crate) struct ListedTasks {
    pub(crate) tasks: Vec<Task>,
    pub(crate) next_cursor: Option<String>,
}

/// Reads the tasks while loading the account. Errors of authentication win over those of the query.
pub(crate) async fn list_tasks(
    context: Context<'_>,
    identity: Identity,
    query: Result<ListQuery, Error>,
) -> Result<ListedTasks, Error> {
    let user_id = identity.claims.user_id;
    // Boxed: the future holds several requests at once.
    let listed = Box::pin(async { read(context, user_id, query?).await });
    let (_, listed) = identity.authenticate_beside(context, listed).await?;
    Ok(listed)
}

async fn read(context: Context<'_>, user_id: Uuid, query: ListQuery) -> Result<ListedTasks, Error> {
    let app = context.app;
    let list = format!("tasks {user_id} {}", query.name());
    let from = match &query.cursor {
        None => None,
        Some(cursor) => {
            let position = app.seal.open(&list, cursor).ok_or(Error::InvalidCursor)?;
            Some(Position::parse(&position)?)
        }
    };
    let page = task_pages::read(&app.store, user_id, &query, from).await?;
    let next_cursor = match page.next {
        None => None,
        Some(position) => Some(app.seal.seal(&list, &position.to_text())?),
    };
    Ok(ListedTasks {
        tasks: page.tasks,
        next_cursor,
    })
}
