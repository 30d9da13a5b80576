//! The item of an account.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, deserialize, keys};
use crate::{Error, account::Account};

pub(super) fn read(item: Item) -> Result<Account, Error> {
    deserialize(item, "an account item cannot be read")
}

pub(super) fn write(account: &Account) -> Item {
    keys::item(
        keys::account(account.id),
        [
            ("id", keys::text(&account.id)),
            ("email", keys::text(&account.email)),
            ("email_normal", keys::text(&account.email_normal)),
            (
                "email_verified",
                AttributeValue::Bool(account.email_verified),
            ),
            ("username", keys::text(&account.username)),
            ("username_normal", keys::text(&account.username_normal)),
            (
                "first_name",
                keys::optional(account.first_name.as_ref(), keys::text),
            ),
            (
                "last_name",
                keys::optional(account.last_name.as_ref(), keys::text),
            ),
            ("password_hash", keys::text(&account.password_hash)),
            ("is_active", AttributeValue::Bool(account.is_active)),
            ("created_at", keys::text(&account.created_at)),
            ("updated_at", keys::text(&account.updated_at)),
            (
                "session_generation",
                keys::count(account.session_generation),
            ),
            (
                "sessions_ended_at",
                keys::optional(account.sessions_ended_at, keys::number),
            ),
            (
                "password_generation",
                keys::count(account.password_generation),
            ),
            ("is_leaving", AttributeValue::Bool(account.is_leaving)),
        ],
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;

    proptest! {
        #[test]
        fn an_account_survives_a_round_trip(
            id in any::<u128>(),
            texts in proptest::array::uniform5(any::<String>()),
            names in proptest::array::uniform2(proptest::option::of(any::<String>())),
            flags in any::<(bool, bool, bool)>(),
            seconds in proptest::array::uniform2(0..250_000_000_000_i64),
            session_generation in any::<u64>(),
            password_generation in any::<u64>(),
            sessions_ended_at in proptest::option::of(any::<i64>()),
        ) {
            let [email, email_normal, username, username_normal, password_hash] = texts;
            let [first_name, last_name] = names;
            let [created_at, updated_at] = seconds.map(Timestamp::from_seconds);
            let account = Account {
                id: Uuid::from_u128(id), email, email_normal, email_verified: flags.2,
                undeliverable_email: None, username, username_normal, first_name, last_name,
                password_hash, is_active: flags.0, created_at, updated_at, session_generation,
                sessions_ended_at, password_generation, is_leaving: flags.1,
            };
            prop_assert!(read(write(&account)).unwrap() == account);
        }
    }
}
