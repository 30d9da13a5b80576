//! The claims that keep e-mails and usernames unique.

use uuid::Uuid;

use super::{Item, Write, keys};
use crate::{Error, Timestamp};

/// An e-mail is free if nobody has it.
pub(super) fn claim_email(normal: &str, owner: Uuid) -> Write {
    Write::put(claim(keys::email_claim(normal), owner))
        .when("attribute_not_exists(pk)")
        .or(|| Error::EmailTaken)
}

/// A username is free if nobody has it and it does not rest. Its last owner can have it back.
pub(super) fn claim_username(key: Item, owner: Uuid, now: Timestamp) -> Write {
    if_free(Write::put(claim(key, owner)), owner, now)
}

/// The condition of [`claim_username`] without the claim.
pub(super) fn username_is_free(key: Item, owner: Uuid, now: Timestamp) -> Write {
    if_free(Write::check(key), owner, now)
}

fn if_free(write: Write, owner: Uuid, now: Timestamp) -> Write {
    write
        .when(
            "attribute_not_exists(pk) OR expires_at <= :now \
             OR (attribute_exists(expires_at) AND user_id = :owner)",
        )
        .with(":now", keys::number(now.seconds()))
        .with(":owner", keys::text(&owner))
        .or(|| Error::UsernameTaken)
}

fn claim(mut key: Item, owner: Uuid) -> Item {
    key.insert("user_id".to_owned(), keys::text(&owner));
    key
}
