//! The keys of every kind of item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

pub type Item = HashMap<String, AttributeValue>;

pub(super) const ACCOUNT: &str = "ACCOUNT";

pub(super) fn account(id: Uuid) -> Item {
    of_user(id, ACCOUNT)
}

pub(super) fn ended_session(user_id: Uuid, session_id: &str) -> Item {
    of_user(user_id, &format!("SESSION#{session_id}"))
}

pub(super) fn traded_in_token(user_id: Uuid, token_id: &str) -> Item {
    of_user(user_id, &format!("TOKEN#{token_id}"))
}

pub(super) fn email_claim(normal: &str) -> Item {
    key(format!("EMAIL#{normal}"), "EMAIL")
}

pub(super) fn username_claim(normal: &str) -> Item {
    key(format!("USERNAME#{normal}"), "USERNAME")
}

pub(super) fn counter(what: &str, whom: &str) -> Item {
    key(format!("LIMIT#{what}#{whom}"), "LIMIT")
}

#[must_use]
pub fn partition(user_id: Uuid) -> AttributeValue {
    AttributeValue::S(format!("USER#{user_id}"))
}

/// The key of an item in a user's partition.
#[must_use]
pub fn of_user(user_id: Uuid, sk: &str) -> Item {
    Item::from([
        ("pk".to_owned(), partition(user_id)),
        ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
    ])
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

/// The item of `key` with these attributes.
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

/// What is not there is kept as null.
pub fn optional<T>(value: Option<T>, written: impl FnOnce(T) -> AttributeValue) -> AttributeValue {
    value.map_or(AttributeValue::Null(true), written)
}
