//! Creates a task, once however often the request arrives.

use shared::{
    Context, Error, Patch, Timestamp, TokenFault,
    store::{self, Write},
};
use uuid::Uuid;

use crate::{
    due_date::DueDate, idempotency::IdempotencyKey, quota, repository, task::Task,
    task_patch::TaskPatch,
};

pub(crate) async fn create_task(
    context: Context<'_>,
    user_id: Uuid,
    fields: TaskPatch,
    key: Option<IdempotencyKey>,
) -> Result<Task, Error> {
    let (app, now) = (context.app, context.now());
    let id = app.entropy.sortable_uuid(now)?;
    let (task, due_date) = build(fields, user_id, id, now);
    let mut writes = vec![
        // A deletion that is under way would leave the task behind.
        store::account_is_not_being_deleted(user_id)
            .or(|| TokenFault::Revoked("the account was deleted meanwhile").into()),
    ];
    // Before the quota: a repeat gets its answer when the quota is reached.
    if let Some(key) = &key {
        writes.push(key.record(&task, now)?);
    }
    writes.extend([
        quota::count_one_more(user_id, app.settings.max_tasks),
        Write::put(repository::new_item(&task, due_date.as_ref()))
            .when("attribute_not_exists(pk)")
            .or(|| Error::Internal("a random task id was there already")),
    ]);
    match (app.store.transact_or_existing(writes).await?, key) {
        (Some(record), Some(key)) => key.replay(record, user_id),
        _ => Ok(task),
    }
}

fn build(fields: TaskPatch, user_id: Uuid, id: Uuid, now: Timestamp) -> (Task, Option<DueDate>) {
    let due_date = value(fields.due_date);
    let completed = value(fields.completed).unwrap_or_default();
    let task = Task {
        id,
        user_id,
        title: value(fields.title).unwrap_or_default(),
        description: value(fields.description),
        completed,
        priority: value(fields.priority).unwrap_or_default(),
        due_date: due_date.as_ref().map(|due| due.as_str().to_owned()),
        tags: value(fields.tags).unwrap_or_default(),
        created_at: now,
        updated_at: now,
        completed_at: completed.then_some(now),
        version: 1,
    };
    (task, due_date)
}

fn value<T>(patch: Patch<T>) -> Option<T> {
    match patch {
        Patch::Set(value) => Some(value),
        Patch::Keep | Patch::Clear => None,
    }
}
