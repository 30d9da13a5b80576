//! One entry, as its owner sees it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Trace;
use crate::{App, Error, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Signup,
    Login,
    Logout,
    Refresh,
    /// A token was used after it had been traded in.
    Reuse,
    PasswordChange,
    AccountDelete,
}

impl Action {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signup => "signup",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Refresh => "refresh",
            Self::Reuse => "reuse",
            Self::PasswordChange => "password_change",
            Self::AccountDelete => "account_delete",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Sorts by time.
    pub id: Uuid,
    pub action: Action,
    pub success: bool,
    /// The code of the answer, where it was a refusal.
    pub error_message: Option<String>,
    pub timestamp: Timestamp,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: String,
}

/// With the moment in which it is to be forgotten, which its owner does not see.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub entry: Entry,
    pub expires_at: Timestamp,
}

impl NewEntry {
    pub fn of(
        app: &App,
        trace: &Trace,
        action: Action,
        outcome: Result<(), &Error>,
    ) -> Result<Self, Error> {
        let now = app.clock.now();
        let kept = app.settings.log_retention_seconds();
        Ok(Self {
            entry: Entry {
                id: app.entropy.sortable_uuid(now)?,
                action,
                success: outcome.is_ok(),
                error_message: outcome.err().map(|error| error.code().as_str().to_owned()),
                timestamp: now,
                ip: trace.address.map(|ip| ip.to_canonical().to_string()),
                user_agent: trace.user_agent.clone(),
                request_id: trace.request_id.clone(),
            },
            expires_at: Timestamp::from_seconds(now.seconds() + kept),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_the_same_name_in_the_table_and_in_the_process_log() {
        for action in [
            Action::Signup,
            Action::Login,
            Action::Logout,
            Action::Refresh,
            Action::Reuse,
            Action::PasswordChange,
            Action::AccountDelete,
        ] {
            let in_the_table = serde_json::to_value(action).unwrap();
            assert_eq!(in_the_table, action.as_str());
        }
    }
}
