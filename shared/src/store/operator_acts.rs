//! The acts of an operator alone. Each is one transaction with its log entry, and
//! [`Error::Conflict`] says that something else changed the account since it was read.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{FailuresOf, Store, Write, audit_log, keys, links};
use crate::{
    Error, Timestamp,
    account::Account,
    audit::NewEntry,
    mail::{LinkPurpose, NewLink},
};

impl Store {
    /// Ends every session for good: they stay ended when the account is reinstated.
    pub async fn suspend(
        &self,
        account: &Account,
        now: Timestamp,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let ended = account.with_sessions_ended(now);
        let suspension = Write::update(
            keys::account(account.id),
            "SET is_active = :no, session_generation = :next, sessions_ended_at = :now",
        )
        .when("is_active = :yes AND is_leaving = :no AND session_generation = :current")
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .with(":current", keys::count(account.session_generation))
        .with(":next", keys::count(ended.session_generation))
        .with(
            ":now",
            keys::optional(ended.sessions_ended_at, keys::number),
        )
        .or(|| Error::Conflict);
        self.transact(vec![suspension, audit_log::write(account.id, entry)])
            .await
    }

    pub async fn reinstate(&self, account: &Account, entry: &NewEntry) -> Result<(), Error> {
        let change = Write::update(keys::account(account.id), "SET is_active = :yes")
            // A later suspension has another generation.
            .when("is_active = :no AND is_leaving = :no AND session_generation = :current")
            .with(":yes", AttributeValue::Bool(true))
            .with(":no", AttributeValue::Bool(false))
            .with(":current", keys::count(account.session_generation))
            .or(|| Error::Conflict);
        self.transact(vec![change, audit_log::write(account.id, entry)])
            .await
    }

    /// Forgets failed attempts by the names of an account before their time. Those of a browser are
    /// counted under a random id that nobody can find: its device cookie becomes void, so that its next
    /// attempt counts by name.
    pub async fn unlock(
        &self,
        account: &Account,
        failures: &[FailuresOf],
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let void_devices =
            Write::update(keys::account(account.id), "SET password_generation = :next")
                .when(
                    "is_leaving = :no AND (password_generation = :current \
                     OR attribute_not_exists(password_generation))",
                )
                .with(":no", AttributeValue::Bool(false))
                .with(":current", keys::count(account.password_generation))
                .with(":next", keys::count(account.password_generation + 1))
                .or(|| Error::Conflict);
        let mut writes = vec![void_devices];
        writes.extend(
            failures
                .iter()
                .map(|failures| Write::delete(failures.counter())),
        );
        writes.push(audit_log::write(account.id, entry));
        self.transact(writes).await
    }

    /// Counts the e-mail as verified, as its link does, and as one that mails arrive at. The link becomes
    /// void.
    pub async fn verify_email_unseen(
        &self,
        account: &Account,
        now: Timestamp,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let change = Write::update(
            keys::account(account.id),
            "SET email_verified = :yes, updated_at = :now REMOVE undeliverable_email",
        )
        .when(
            "email_normal = :email AND is_leaving = :no \
             AND (attribute_not_exists(email_verified) OR email_verified = :no \
             OR attribute_exists(undeliverable_email))",
        )
        .with(":email", keys::text(&account.email_normal))
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .with(":now", keys::text(&now))
        .or(|| Error::Conflict);
        let ticket = keys::link_ticket(account.id, LinkPurpose::VerifyEmail);
        self.transact(vec![
            change,
            Write::delete(ticket),
            audit_log::write(account.id, entry),
        ])
        .await
    }

    /// Owes an active account a mail with a link that its owner did not ask for.
    pub async fn send_link(
        &self,
        account: &Account,
        link: &NewLink,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let is_as_read = Write::check(keys::account(account.id))
            .when(
                "is_active = :yes AND is_leaving = :no AND email_normal = :email \
                 AND session_generation = :current",
            )
            .with(":yes", AttributeValue::Bool(true))
            .with(":no", AttributeValue::Bool(false))
            .with(":email", keys::text(&account.email_normal))
            .with(":current", keys::count(account.session_generation))
            .or(|| Error::Conflict);
        let mut writes = vec![is_as_read];
        writes.extend(links::write(link));
        writes.push(audit_log::write(account.id, entry));
        self.transact(writes).await
    }
}
