//! The part of an account that every new password changes, however it was set.

use super::{Write, keys};
use crate::{Timestamp, account::Account};

/// The account with the new password: every session, device cookie and link ends.
pub(super) fn after(account: &Account, new_hash: &str, now: Timestamp) -> Account {
    Account {
        password_hash: new_hash.to_owned(),
        session_generation: account.session_generation + 1,
        password_generation: account.password_generation + 1,
        sessions_ended_at: Some(now.seconds()),
        updated_at: now,
        ..account.clone()
    }
}

/// The values of `:hash`, `:generation`, `:password_generation`, `:ended` and `:now`.
pub(super) fn values(write: Write, changed: &Account) -> Write {
    write
        .with(":hash", keys::text(&changed.password_hash))
        .with(":generation", keys::count(changed.session_generation))
        .with(
            ":password_generation",
            keys::count(changed.password_generation),
        )
        .with(
            ":ended",
            keys::optional(changed.sessions_ended_at, keys::number),
        )
        .with(":now", keys::text(&changed.updated_at))
}
