//! An account as JSON, for its operator. Never the hash of its password.

use serde::Serialize;
use shared::{
    Timestamp,
    account::{Account, AccountState},
};
use uuid::Uuid;

#[derive(Debug, Serialize)]
pub struct AccountJson<'a> {
    id: Uuid,
    email: &'a str,
    email_verified: bool,
    /// A mail came back from the address, or its reader complained.
    email_undeliverable: bool,
    username: &'a str,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    state: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When all sessions ended at once the last time.
    sessions_ended_at: Option<Timestamp>,
}

impl<'a> From<&'a Account> for AccountJson<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            id: account.id,
            email: &account.email,
            email_verified: account.email_verified,
            email_undeliverable: is_undeliverable(account),
            username: &account.username,
            first_name: account.first_name.as_deref(),
            last_name: account.last_name.as_deref(),
            state: state(account),
            created_at: account.created_at,
            updated_at: account.updated_at,
            sessions_ended_at: account.sessions_ended_at.map(Timestamp::from_seconds),
        }
    }
}

pub fn is_undeliverable(account: &Account) -> bool {
    account.undeliverable_email.as_ref() == Some(&account.email_normal)
}

pub fn state(account: &Account) -> &'static str {
    match account.state() {
        AccountState::Active => "active",
        AccountState::Suspended => "suspended",
        AccountState::BeingDeleted => "being_deleted",
    }
}
