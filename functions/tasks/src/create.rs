//! `POST tasks`: a new task, once however often the request arrives.

use http::header;
use shared::{
    App, Error, Timestamp, TokenFault,
    http::{Answer, Change, Request, StatusCode, owner_for_change},
    store::{self, Outcome, Write},
};
use uuid::Uuid;

use crate::{changes::Changes, due_date::DueDate, idempotency::Repeatable, item, task::Task};

pub(crate) async fn create(app: &App, request: &Request) -> Result<Answer, Error> {
    let owner = owner_for_change(app, request).await?;
    let mut form = request.form()?;
    let changes = Changes::of_whole(&mut form);
    let repeatable = Repeatable::of(request, &mut form);
    form.finish(Some(()))?;

    let now = app.clock.now();
    let id = app.entropy.sortable_uuid(now)?;
    let (task, due_date) = build(changes, owner.account.id, id, now);
    let mut writes = vec![
        // A task of an account that is leaving would be left behind.
        store::not_leaving(owner.account.id),
        Write::put(item::of_new(&task, due_date.as_ref())).when("attribute_not_exists(pk)"),
    ];
    if let Some(repeatable) = &repeatable {
        writes.push(repeatable.record(&task, now)?);
    }
    let outcome = app.store.transact(writes).await?;
    if outcome.was_refused_by(0) {
        return Err(TokenFault::Revoked("the account was deleted meanwhile").into());
    }
    match (outcome, repeatable) {
        (Outcome::Committed, _) => answer(&task),
        (Outcome::Refused(refusals), Some(repeatable)) => {
            let record = refusals
                .into_iter()
                .find(|refusal| refusal.place == 2)
                .and_then(|refusal| refusal.old)
                .ok_or(Error::Internal("a random task id was there already"))?;
            repeatable.replay(record, owner.account.id)
        }
        (Outcome::Refused(_), None) => Err(Error::Internal("a random task id was there already")),
    }
}

pub(crate) fn answer(task: &Task) -> Result<Answer, Error> {
    let location = format!("/api/{}/tasks/{}", task.user_id, task.id);
    let answer = task.answer(StatusCode::CREATED)?;
    Ok(answer.with_header(header::LOCATION, location))
}

fn build(changes: Changes, user_id: Uuid, id: Uuid, now: Timestamp) -> (Task, Option<DueDate>) {
    let due_date = set(changes.due_date);
    let completed = set(changes.completed).unwrap_or_default();
    let task = Task {
        id,
        user_id,
        title: set(changes.title).unwrap_or_default(),
        description: set(changes.description),
        completed,
        priority: set(changes.priority).unwrap_or_default(),
        due_date: due_date.as_ref().map(|due| due.as_str().to_owned()),
        tags: set(changes.tags).unwrap_or_default(),
        created_at: now,
        updated_at: now,
        completed_at: completed.then_some(now),
        version: 1,
    };
    (task, due_date)
}

fn set<T>(change: Change<T>) -> Option<T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}
