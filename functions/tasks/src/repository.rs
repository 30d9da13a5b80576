//! Tasks in the table: the item, and the one conditional update that changes it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use shared::{
    App, Error, Patch, Timestamp,
    store::{self, Item, keys},
};
use uuid::Uuid;

use crate::{due_date::DueDate, etag::IfMatch, task::Task, task_patch::TaskPatch};

/// The index by due date, and its sort key.
pub(crate) const DUE_INDEX: &str = "by_due";
pub(crate) const DUE_KEY: &str = "due_key";
/// The id of the last change: a retry after a lost answer recognises its own change by it.
const LAST_WRITE: &str = "last_write";

fn due_key(id: Uuid, due_date: Option<&DueDate>) -> String {
    let instant = due_date.map(|due| due.instant().sortable());
    keys::task_due_key(id, instant.as_deref())
}

pub(crate) fn new_item(task: &Task, due_date: Option<&DueDate>) -> Item {
    let tags = task.tags.iter().map(keys::text).collect();
    let mut item = keys::item(
        keys::task(task.user_id, task.id),
        [
            ("id", keys::text(&task.id)),
            ("user_id", keys::text(&task.user_id)),
            ("title", keys::text(&task.title)),
            (
                "description",
                keys::optional(task.description.as_ref(), keys::text),
            ),
            ("completed", AttributeValue::Bool(task.completed)),
            ("priority", keys::text(task.priority.as_str())),
            (
                "due_date",
                keys::optional(task.due_date.as_ref(), keys::text),
            ),
            ("tags", AttributeValue::L(tags)),
            ("created_at", keys::text(&task.created_at)),
            ("updated_at", keys::text(&task.updated_at)),
            ("version", keys::count(task.version)),
            (DUE_KEY, keys::text(&due_key(task.id, due_date))),
            (LAST_WRITE, keys::text("create")),
        ],
    );
    // Absent until the first completion: `if_not_exists` must not find a null.
    if let Some(completed_at) = task.completed_at {
        item.insert("completed_at".to_owned(), keys::text(&completed_at));
    }
    item
}

pub(crate) fn read(item: Item) -> Result<Task, Error> {
    store::deserialize(item, "a task item cannot be read")
}

/// Existence, ownership (the key is the owner's) and version are one condition of one write, so nothing
/// can change in between.
pub(crate) async fn change(
    app: &App,
    (user_id, id): (Uuid, Uuid),
    patch: TaskPatch,
    if_match: &IfMatch,
) -> Result<Task, Error> {
    let (store, now) = (&app.store, app.clock.now());
    let write = app.entropy.uuid()?;
    let mut update = Update::default();
    update.set("updated_at", keys::text(&now));
    update.set(LAST_WRITE, keys::text(&write));
    update.apply(id, patch, now);
    let request = store
        .client()
        .update_item()
        .table_name(store.table())
        .set_key(Some(keys::task(user_id, id)))
        .update_expression(update.expression())
        .condition_expression(update.condition(if_match))
        .set_expression_attribute_names(Some(update.names))
        .set_expression_attribute_values(Some(update.values))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    match request.send().await {
        Ok(updated) => read(
            updated
                .attributes
                .ok_or(Error::Internal("an update returned no item"))?,
        ),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                refused(refusal.item.clone(), write)
            }
            _ => Err(store::from_sdk(&error)),
        },
    }
}

fn refused(existing: Option<Item>, write: Uuid) -> Result<Task, Error> {
    let existing = existing.ok_or(Error::NotFound)?;
    // A retry after a lost answer: this change has been made.
    if existing.get(LAST_WRITE) == Some(&keys::text(&write)) {
        read(existing)
    } else {
        Err(Error::PreconditionFailed)
    }
}

/// The condition that the version matches, with its values.
pub(crate) fn version_condition(if_match: &IfMatch) -> (String, Vec<(String, AttributeValue)>) {
    match if_match {
        IfMatch::Any => ("attribute_exists(pk)".to_owned(), Vec::new()),
        IfMatch::OneOf(versions) => {
            // `IN` needs an operand. No task has version 0.
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
    /// By placeholder: some names are reserved words of DynamoDB.
    fn set(&mut self, name: &str, value: AttributeValue) {
        self.names.insert(format!("#{name}"), name.to_owned());
        self.values.insert(format!(":{name}"), value);
        self.sets.push(format!("#{name} = :{name}"));
    }

    fn apply(&mut self, id: Uuid, patch: TaskPatch, now: Timestamp) {
        if let Patch::Set(title) = patch.title {
            self.set("title", AttributeValue::S(title));
        }
        match patch.description {
            Patch::Keep => {}
            Patch::Clear => self.set("description", AttributeValue::Null(true)),
            Patch::Set(text) => self.set("description", AttributeValue::S(text)),
        }
        if let Some(completed) = or_default(patch.completed) {
            self.set_completed(completed, now);
        }
        if let Some(priority) = or_default(patch.priority) {
            self.set("priority", keys::text(priority.as_str()));
        }
        match patch.due_date {
            Patch::Keep => {}
            Patch::Clear => {
                self.set("due_date", AttributeValue::Null(true));
                self.set(DUE_KEY, keys::text(&due_key(id, None)));
            }
            Patch::Set(due) => {
                self.set("due_date", keys::text(due.as_str()));
                self.set(DUE_KEY, keys::text(&due_key(id, Some(&due))));
            }
        }
        if let Some(tags) = or_default(patch.tags) {
            let tags = tags.into_iter().map(AttributeValue::S).collect();
            self.set("tags", AttributeValue::L(tags));
        }
    }

    /// `completed_at` keeps the first completion until the task is reopened.
    fn set_completed(&mut self, completed: bool, now: Timestamp) {
        self.set("completed", AttributeValue::Bool(completed));
        if completed {
            self.values
                .insert(":completed_at".to_owned(), keys::text(&now));
            self.sets
                .push("completed_at = if_not_exists(completed_at, :completed_at)".to_owned());
        } else {
            self.removes_completed_at = true;
        }
    }

    fn expression(&mut self) -> String {
        self.values.insert(":one".to_owned(), keys::number(1));
        let sets = self.sets.join(", ");
        let remove = if self.removes_completed_at {
            " REMOVE completed_at"
        } else {
            ""
        };
        format!("SET version = version + :one, {sets}{remove}")
    }

    fn condition(&mut self, if_match: &IfMatch) -> String {
        let (condition, values) = version_condition(if_match);
        self.values.extend(values);
        // A retry of this change must not count twice.
        format!("{condition} AND #{LAST_WRITE} <> :{LAST_WRITE}")
    }
}

/// None to keep a field.
fn or_default<T: Default>(change: Patch<T>) -> Option<T> {
    match change {
        Patch::Keep => None,
        Patch::Clear => Some(T::default()),
        Patch::Set(value) => Some(value),
    }
}
