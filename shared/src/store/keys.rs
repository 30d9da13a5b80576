//! The key of every item in the table, and the attribute values that items are made of.
//! `docs/data-model.md` describes the items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use crate::{
    mail::LinkPurpose,
    token::{SessionId, TokenId},
};

/// An item, or the key of one.
pub type Item = HashMap<String, AttributeValue>;

pub(super) const ACCOUNT: &str = "ACCOUNT";
pub(super) const USER_PREFIX: &str = "USER#";
pub(super) const DELETED_PREFIX: &str = "DELETED#";
pub(super) const ENDED_SESSION_PREFIX: &str = "SESSION#";
pub const SESSION_RECORD_PREFIX: &str = "DEVICE#";
pub const LOG_PREFIX: &str = "LOG#";
/// The table's stream calls `mailer` for each new item with this.
pub const MAIL_PREFIX: &str = "MAIL#";
/// The table's stream calls `sweeper` for each new item with this.
pub const SWEEP_PREFIX: &str = "SWEEP#";
pub const TASK_PREFIX: &str = "TASK#";
pub const DUE_PREFIX: &str = "D#";
pub const NO_DUE_PREFIX: &str = "N#";

pub(super) fn account(id: Uuid) -> Item {
    in_user_partition(id, ACCOUNT)
}

pub(super) fn ended_session(user_id: Uuid, id: &SessionId) -> Item {
    in_user_partition(user_id, &format!("{ENDED_SESSION_PREFIX}{id}"))
}

#[must_use]
pub fn session_record(user_id: Uuid, id: &SessionId) -> Item {
    in_user_partition(user_id, &format!("{SESSION_RECORD_PREFIX}{id}"))
}

pub(super) fn traded_in_token(user_id: Uuid, id: &TokenId) -> Item {
    in_user_partition(user_id, &format!("TOKEN#{id}"))
}

pub(super) fn audit_entry(user_id: Uuid, id: Uuid) -> Item {
    in_user_partition(user_id, &audit_entry_sort_key(id))
}

pub(super) fn audit_entry_sort_key(id: Uuid) -> String {
    format!("{LOG_PREFIX}{id}")
}

pub(super) fn mail(user_id: Uuid, id: Uuid) -> Item {
    in_user_partition(user_id, &format!("{MAIL_PREFIX}{id}"))
}

/// A mail to the e-mail of a deleted account, outside of the partitions that a deletion empties.
pub(super) fn farewell(user_id: Uuid, id: Uuid) -> Item {
    key(
        format!("{DELETED_PREFIX}{user_id}"),
        &format!("{MAIL_PREFIX}{id}"),
    )
}

/// The ticket of the last link of that purpose.
pub(super) fn link_ticket(user_id: Uuid, purpose: LinkPurpose) -> Item {
    in_user_partition(user_id, &format!("LINK#{}", purpose.as_str()))
}

pub(super) fn sweep(user_id: Uuid, id: Uuid) -> Item {
    in_user_partition(user_id, &format!("{SWEEP_PREFIX}{id}"))
}

/// The user whose partition this is.
#[must_use]
pub fn user_of_partition(pk: &str) -> Option<Uuid> {
    Uuid::try_parse(pk.strip_prefix(USER_PREFIX)?).ok()
}

pub(super) fn email_claim(normal: &str) -> Item {
    key(format!("EMAIL#{normal}"), "EMAIL")
}

pub(super) fn username_claim(normal: &str) -> Item {
    key(format!("USERNAME#{normal}"), "USERNAME")
}

/// It belongs to no user and expires by itself.
pub(super) fn decoy(id: Uuid) -> Item {
    key(format!("DECOY#{id}"), "DECOY")
}

pub(super) fn counter(what: &str, whom: &str) -> Item {
    key(format!("LIMIT#{what}#{whom}"), "LIMIT")
}

#[must_use]
pub fn task(user_id: Uuid, id: Uuid) -> Item {
    in_tasks_partition(user_id, &format!("{TASK_PREFIX}{id}"))
}

/// The number of the user's tasks.
#[must_use]
pub fn task_count(user_id: Uuid) -> Item {
    in_tasks_partition(user_id, "COUNT")
}

/// The sort key of the index by due date. Tasks without one have a range of their own.
#[must_use]
pub fn task_due_key(id: Uuid, sortable_instant: Option<&str>) -> String {
    match sortable_instant {
        Some(instant) => format!("{DUE_PREFIX}{instant}#{id}"),
        None => format!("{NO_DUE_PREFIX}{id}"),
    }
}

#[must_use]
pub fn idempotency_record(user_id: Uuid, key_hash: &str) -> Item {
    in_tasks_partition(user_id, &format!("IDEMPOTENCY#{key_hash}"))
}

/// The partition of the account, its sessions and its log.
#[must_use]
pub fn user_partition(user_id: Uuid) -> AttributeValue {
    AttributeValue::S(partition_of_user(user_id))
}

/// The partition of a user's tasks and what comes with them. A partition holds 10 GB: however many
/// tasks there are, a logout can still be written.
#[must_use]
pub fn tasks_partition(user_id: Uuid) -> AttributeValue {
    AttributeValue::S(partition_of_tasks(user_id))
}

fn in_user_partition(user_id: Uuid, sort_key: &str) -> Item {
    key(partition_of_user(user_id), sort_key)
}

fn in_tasks_partition(user_id: Uuid, sort_key: &str) -> Item {
    key(partition_of_tasks(user_id), sort_key)
}

fn partition_of_user(user_id: Uuid) -> String {
    format!("{USER_PREFIX}{user_id}")
}

fn partition_of_tasks(user_id: Uuid) -> String {
    format!("TASKS#{user_id}")
}

fn key(pk: String, sk: &str) -> Item {
    Item::from([
        ("pk".to_owned(), AttributeValue::S(pk)),
        ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
    ])
}

pub(super) fn sort_key(item: &Item) -> Option<&str> {
    item.get("sk")
        .and_then(|sk| sk.as_s().ok())
        .map(String::as_str)
}

pub(super) fn read_number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// An item from its key and its other attributes.
#[must_use]
pub fn item<const N: usize>(mut key: Item, attributes: [(&str, AttributeValue); N]) -> Item {
    key.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    key
}

pub fn text(value: &(impl ToString + ?Sized)) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[must_use]
pub fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[must_use]
pub fn count(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An absent value is stored as null.
pub fn optional<T>(value: Option<T>, to_value: impl FnOnce(T) -> AttributeValue) -> AttributeValue {
    value.map_or(AttributeValue::Null(true), to_value)
}
