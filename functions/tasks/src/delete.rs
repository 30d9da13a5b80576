//! Deletes a task.

use shared::{
    Context, Error,
    store::{Write, keys},
};
use uuid::Uuid;

use crate::{etag::IfMatch, quota, repository};

pub(crate) async fn delete_task(
    context: Context<'_>,
    user_id: Uuid,
    id: Uuid,
    if_match: &IfMatch,
) -> Result<(), Error> {
    let (condition, values) = repository::version_condition(if_match);
    let delete = Write::delete(keys::task(user_id, id)).when(condition);
    let delete = values
        .into_iter()
        .fold(delete, |write, (name, value)| write.with(&name, value))
        .or_by_existing(|existing| match existing {
            Some(_) => Error::PreconditionFailed,
            None => Error::NotFound,
        });
    // A transaction: a retry after a lost answer would find nothing and be a 404.
    let writes = vec![delete, quota::count_one_less(user_id)];
    context.app.store.transact(writes).await
}
