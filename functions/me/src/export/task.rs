//! A task as its owner sees it, without knowing what a task is: the list of its fields is all.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::store::Item;

/// The fields of a task in the order of `GET tasks/{id}`. A test holds both equal.
const SHOWN: [&str; 12] = [
    "id",
    "user_id",
    "title",
    "description",
    "completed",
    "priority",
    "due_date",
    "tags",
    "created_at",
    "updated_at",
    "completed_at",
    "version",
];

#[derive(Debug)]
pub struct TaskFields(Item);

impl TaskFields {
    pub(super) fn of(item: Item) -> Self {
        Self(item)
    }

    /// The shown attributes alone. An absent one is null.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, &AttributeValue)> {
        const ABSENT: &AttributeValue = &AttributeValue::Null(true);
        SHOWN
            .iter()
            .map(|name| (*name, self.0.get(*name).unwrap_or(ABSENT)))
    }
}
