//! The number of a user's tasks. The transactions that create and delete tasks keep it exactly.

use shared::{
    Error, TokenFault,
    store::{Write, keys},
};
use uuid::Uuid;

pub(crate) fn count_one_more(user_id: Uuid, most: i64) -> Write {
    Write::update(keys::task_count(user_id), "ADD tasks :one")
        .when("attribute_not_exists(pk) OR tasks < :most")
        .with(":one", keys::number(1))
        .with(":most", keys::number(most))
        .or(|| Error::QuotaReached)
}

/// A task without a count is one that the deletion of the account has yet to find: it must not find
/// a new count.
pub(crate) fn count_one_less(user_id: Uuid) -> Write {
    Write::update(keys::task_count(user_id), "ADD tasks :less")
        .when("attribute_exists(pk)")
        .with(":less", keys::number(-1))
        .or(|| TokenFault::Revoked("the account was deleted meanwhile").into())
}
