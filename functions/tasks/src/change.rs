//! Changes a task.

use shared::{Context, Error, store::keys};
use uuid::Uuid;

use crate::{etag::IfMatch, repository, task::Task, task_patch::TaskPatch};

/// An empty patch changes nothing, not even the version.
pub(crate) async fn change_task(
    context: Context<'_>,
    user_id: Uuid,
    id: Uuid,
    patch: TaskPatch,
    if_match: &IfMatch,
) -> Result<Task, Error> {
    if !patch.is_empty() {
        return repository::change(context.app, (user_id, id), patch, if_match).await;
    }
    let found = context
        .app
        .store
        .get_by_batch(keys::task(user_id, id))
        .await?;
    let task = repository::read(found.ok_or(Error::NotFound)?)?;
    if if_match.includes(task.version) {
        Ok(task)
    } else {
        Err(Error::PreconditionFailed)
    }
}
