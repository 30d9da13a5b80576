//! A task as it is kept in the table, and the one conditional update that changes it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use shared::{
    App, Error, Timestamp,
    http::Change,
    store::{self, Item},
};
use uuid::Uuid;

use crate::{changes::Changes, due_date::DueDate, etag::Wanted, task::Task};

/// The index by due date, and its sort key.
pub(crate) const BY_DUE: &str = "by_due";
pub(crate) const DUE_KEY: &str = "due_key";
/// Who changed the task last, for one's own change to be known again after a lost answer.
const LAST_WRITE: &str = "last_write";

pub(crate) fn key(user_id: Uuid, id: Uuid) -> Item {
    store::of_user(user_id, &sort_key(id))
}

pub(crate) fn sort_key(id: Uuid) -> String {
    format!("TASK#{id}")
}

/// Tasks without a due date lie in a range of their own.
pub(crate) fn due_key(id: Uuid, due_date: Option<&DueDate>) -> String {
    match due_date {
        Some(due) => format!("D#{}#{id}", due.instant().sortable()),
        None => format!("N#{id}"),
    }
}

pub(crate) fn of_new(task: &Task, due_date: Option<&DueDate>) -> Item {
    let tags = task.tags.iter().map(store::text).collect();
    let mut item = store::item(
        key(task.user_id, task.id),
        [
            ("id", store::text(&task.id)),
            ("user_id", store::text(&task.user_id)),
            ("title", store::text(&task.title)),
            (
                "description",
                store::optional(task.description.as_ref(), store::text),
            ),
            ("completed", AttributeValue::Bool(task.completed)),
            ("priority", store::text(task.priority.as_str())),
            (
                "due_date",
                store::optional(task.due_date.as_ref(), store::text),
            ),
            ("tags", AttributeValue::L(tags)),
            ("created_at", store::text(&task.created_at)),
            ("updated_at", store::text(&task.updated_at)),
            ("version", store::count(task.version)),
            (DUE_KEY, store::text(&due_key(task.id, due_date))),
            (LAST_WRITE, store::text("create")),
        ],
    );
    // Absent until the first completion, which an attribute that is there already would hide.
    if let Some(completed_at) = task.completed_at {
        item.insert("completed_at".to_owned(), store::text(&completed_at));
    }
    item
}

pub(crate) fn read(item: Item) -> Result<Task, Error> {
    store::read(item, "a task item cannot be read")
}

/// Existence, ownership (the key is the owner's) and version are one condition of one write.
pub(crate) async fn change(
    app: &App,
    (user_id, id): (Uuid, Uuid),
    changes: Changes,
    wanted: &Wanted,
) -> Result<Task, Error> {
    let (store, now) = (&app.store, app.clock.now());
    let write = app.entropy.uuid()?;
    let mut update = Update::default();
    update.set("updated_at", store::text(&now));
    update.set(LAST_WRITE, store::text(&write));
    update.add_changes(id, changes, now);
    let request = store
        .client()
        .update_item()
        .table_name(store.table())
        .set_key(Some(key(user_id, id)))
        .update_expression(update.expression())
        .condition_expression(update.condition(wanted))
        .set_expression_attribute_names(Some(update.names))
        .set_expression_attribute_values(Some(update.values))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    match request.send().await {
        Ok(updated) => read(
            updated
                .attributes
                .ok_or(Error::Internal("an update told nothing"))?,
        ),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                refused(refusal.item.clone(), write)
            }
            _ => Err(store::meaning(&error)),
        },
    }
}

fn refused(there: Option<Item>, write: Uuid) -> Result<Task, Error> {
    let there = there.ok_or(Error::NotFound)?;
    // The answer was lost, and the request repeated: it was this very change.
    if there.get(LAST_WRITE) == Some(&store::text(&write)) {
        read(there)
    } else {
        Err(Error::PreconditionFailed)
    }
}

/// The condition under which `wanted` holds, with its values.
pub(crate) fn version_condition(wanted: &Wanted) -> (String, Vec<(String, AttributeValue)>) {
    match wanted {
        Wanted::Any => ("attribute_exists(pk)".to_owned(), Vec::new()),
        Wanted::OneOf(versions) => {
            // A version that no task has, so that an empty list matches none.
            let values: Vec<_> = std::iter::once("0".to_owned())
                .chain(versions.iter().map(u64::to_string))
                .enumerate()
                .map(|(place, version)| (format!(":version{place}"), AttributeValue::N(version)))
                .collect();
            let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
            (
                format!("attribute_exists(pk) AND version IN ({})", names.join(", ")),
                values,
            )
        }
    }
}

#[derive(Default)]
struct Update {
    sets: Vec<String>,
    removes_completed_at: bool,
    names: HashMap<String, String>,
    values: Item,
}

impl Update {
    /// By placeholder, for some names are words of the expression language.
    fn set(&mut self, name: &str, value: AttributeValue) {
        self.names.insert(format!("#{name}"), name.to_owned());
        self.values.insert(format!(":{name}"), value);
        self.sets.push(format!("#{name} = :{name}"));
    }

    fn add_changes(&mut self, id: Uuid, changes: Changes, now: Timestamp) {
        if let Change::Set(title) = changes.title {
            self.set("title", AttributeValue::S(title));
        }
        match changes.description {
            Change::Keep => {}
            Change::Clear => self.set("description", AttributeValue::Null(true)),
            Change::Set(text) => self.set("description", AttributeValue::S(text)),
        }
        if let Some(completed) = or_default(changes.completed) {
            self.set_completed(completed, now);
        }
        if let Some(priority) = or_default(changes.priority) {
            self.set("priority", store::text(priority.as_str()));
        }
        match changes.due_date {
            Change::Keep => {}
            Change::Clear => {
                self.set("due_date", AttributeValue::Null(true));
                self.set(DUE_KEY, store::text(&due_key(id, None)));
            }
            Change::Set(due) => {
                self.set("due_date", store::text(due.as_str()));
                self.set(DUE_KEY, store::text(&due_key(id, Some(&due))));
            }
        }
        if let Some(tags) = or_default(changes.tags) {
            let tags = tags.into_iter().map(AttributeValue::S).collect();
            self.set("tags", AttributeValue::L(tags));
        }
    }

    /// The time of the first completion stays until the task is open again.
    fn set_completed(&mut self, completed: bool, now: Timestamp) {
        self.set("completed", AttributeValue::Bool(completed));
        if completed {
            self.values
                .insert(":completed_at".to_owned(), store::text(&now));
            self.sets
                .push("completed_at = if_not_exists(completed_at, :completed_at)".to_owned());
        } else {
            self.removes_completed_at = true;
        }
    }

    fn expression(&mut self) -> String {
        self.values.insert(":one".to_owned(), store::number(1));
        let sets = self.sets.join(", ");
        let remove = if self.removes_completed_at {
            " REMOVE completed_at"
        } else {
            ""
        };
        format!("SET version = version + :one, {sets}{remove}")
    }

    fn condition(&mut self, wanted: &Wanted) -> String {
        let (condition, values) = version_condition(wanted);
        self.values.extend(values);
        // A repeat of this very change must not count twice.
        format!("{condition} AND #{LAST_WRITE} <> :{LAST_WRITE}")
    }
}

/// None to keep a field.
fn or_default<T: Default>(change: Change<T>) -> Option<T> {
    match change {
        Change::Keep => None,
        Change::Clear => Some(T::default()),
        Change::Set(value) => Some(value),
    }
}
