//! An account as it is stored.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use super::{Email, PersonName, Username};
use crate::Timestamp;

#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub email_normal: String,
    /// The owner has opened a link that was mailed to the e-mail.
    #[serde(default)]
    pub email_verified: bool,
    /// The normal form of an address that mails came back from, or whose reader complained. None is
    /// sent there any more.
    #[serde(default)]
    pub undeliverable_email: Option<String>,
    pub username: String,
    pub username_normal: String,
    #[serde(default)]
    pub first_name: Option<String>,
    #[serde(default)]
    pub last_name: Option<String>,
    pub password_hash: String,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Grows when all sessions end at once. A token carries the value that it was issued under.
    pub session_generation: u64,
    /// The time of the last growth in seconds. A token without a generation is compared with it.
    #[serde(default)]
    pub sessions_ended_at: Option<i64>,
    /// Grows with each new password, and when an operator unlocks the account. A device cookie
    /// carries the value that it was made under.
    #[serde(default)]
    pub password_generation: u64,
    /// A deletion has begun and must be finished. Nothing else may be done with the account.
    #[serde(default)]
    pub is_leaving: bool,
}

/// Decides what may be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    Active,
    Suspended,
    BeingDeleted,
}

impl Account {
    #[must_use]
    pub fn new(
        id: Uuid,
        email: &Email,
        username: &Username,
        names: [Option<&PersonName>; 2],
        password_hash: String,
        now: Timestamp,
    ) -> Self {
        let [first_name, last_name] = names.map(|name| name.map(|name| name.as_str().to_owned()));
        Self {
            id,
            email: email.shown().to_owned(),
            email_normal: email.normal().to_owned(),
            email_verified: false,
            undeliverable_email: None,
            username: username.shown().to_owned(),
            username_normal: username.normal().to_owned(),
            first_name,
            last_name,
            password_hash,
            is_active: true,
            created_at: now,
            updated_at: now,
            session_generation: 0,
            sessions_ended_at: None,
            password_generation: 0,
            is_leaving: false,
        }
    }

    /// The account after every session has ended at once.
    #[must_use]
    pub fn with_sessions_ended(&self, now: Timestamp) -> Self {
        Self {
            session_generation: self.session_generation + 1,
            sessions_ended_at: Some(now.seconds()),
            ..self.clone()
        }
    }

    /// The account with a new password, however it was set: every session, device cookie and link ends.
    #[must_use]
    pub fn with_new_password(&self, new_hash: String, now: Timestamp) -> Self {
        Self {
            password_hash: new_hash,
            password_generation: self.password_generation + 1,
            updated_at: now,
            ..self.with_sessions_ended(now)
        }
    }

    #[must_use]
    pub fn state(&self) -> AccountState {
        match (self.is_leaving, self.is_active) {
            (true, _) => AccountState::BeingDeleted,
            (false, true) => AccountState::Active,
            (false, false) => AccountState::Suspended,
        }
    }
}

/// Shows the id alone, because the other fields are personal or secret.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
