//! An exported item as JSON: an object with its `kind` first.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, Serializer, ser::Error as _};
use shared::{
    audit::Entry,
    native::{ListedSession, UserJson},
};

use crate::export::{ExportItem, TaskFields};

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportItemJson<'a> {
    Account(UserJson<'a>),
    Session(ListedSession<'a>),
    Log(&'a Entry),
    Task(TaskJson<'a>),
}

impl<'a> From<&'a ExportItem<'_>> for ExportItemJson<'a> {
    fn from(item: &'a ExportItem<'_>) -> Self {
        match item {
            ExportItem::Account(account) => Self::Account(UserJson::from(*account)),
            ExportItem::Session(session) => Self::Session(ListedSession::from(session)),
            ExportItem::Log(entry) => Self::Log(entry),
            ExportItem::Task(task) => Self::Task(TaskJson(task)),
        }
    }
}

#[derive(Debug)]
pub struct TaskJson<'a>(&'a TaskFields);

impl Serialize for TaskJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.0.shown();
        serializer.collect_map(fields.map(|(name, value)| (name, AttributeJson(value))))
    }
}

/// The kinds of attribute that a task has.
struct AttributeJson<'a>(&'a AttributeValue);

impl Serialize for AttributeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => serializer.serialize_str(text),
            AttributeValue::N(digits) => match digits.parse::<i64>() {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => Err(S::Error::custom("not a whole number")),
            },
            AttributeValue::Bool(truth) => serializer.serialize_bool(*truth),
            AttributeValue::Null(_) => serializer.serialize_unit(),
            AttributeValue::L(values) => serializer.collect_seq(values.iter().map(AttributeJson)),
            _ => Err(S::Error::custom("a kind of attribute that no task has")),
        }
    }
}
