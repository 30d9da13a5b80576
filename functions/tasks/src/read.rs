//! Reads one task.

use shared::{Context, Error, session::Identity, store::keys};
use uuid::Uuid;

use crate::{repository, task::Task};

/// Reads the task and the account in one request. Errors of authentication win over an error in
/// `id`, and then the account alone is read.
pub(crate) async fn read_task(
    context: Context<'_>,
    identity: Identity,
    id: Result<Uuid, Error>,
) -> Result<Task, Error> {
    let user_id = identity.claims.user_id;
    let key = id.as_ref().ok().map(|id| keys::task(user_id, *id));
    let (_, item) = identity.authenticate_with_item(context, key).await?;
    id?;
    repository::read(item.ok_or(Error::NotFound)?)
}
