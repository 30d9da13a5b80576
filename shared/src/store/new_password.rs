//! The attributes of an account that every new password changes.

use super::{Write, keys};
use crate::account::Account;

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
