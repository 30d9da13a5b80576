//! One entry of the authentication log.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Trace;
use crate::{Error, Timestamp};

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
    /// A new password by a mailed link.
    PasswordReset,
    EmailVerify,
    EmailChange,
    AccountDelete,
    AccountSuspend,
    AccountReinstate,
    /// Failed logins were forgotten before their time.
    LoginUnlock,
    /// A link for a new password that its owner did not ask for.
    PasswordResetSend,
    AccountExport,
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
            Self::PasswordReset => "password_reset",
            Self::EmailVerify => "email_verify",
            Self::EmailChange => "email_change",
            Self::AccountDelete => "account_delete",
            Self::AccountSuspend => "account_suspend",
            Self::AccountReinstate => "account_reinstate",
            Self::LoginUnlock => "login_unlock",
            Self::PasswordResetSend => "password_reset_send",
            Self::AccountExport => "account_export",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// A version 7 UUID: ids sort by time.
    pub id: Uuid,
    pub action: Action,
    pub success: bool,
    /// The error code of a failure.
    pub error_message: Option<String>,
    pub timestamp: Timestamp,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: String,
    /// Present if an operator did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

/// An entry with its expiry, which its owner does not see.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub entry: Entry,
    pub expires_at: Timestamp,
}

impl NewEntry {
    #[must_use]
    pub fn new(
        id: Uuid,
        action: Action,
        error: Option<&Error>,
        trace: &Trace,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            entry: Entry {
                id,
                action,
                success: error.is_none(),
                error_message: error.map(|error| error.code().as_str().to_owned()),
                timestamp: now,
                ip: trace.ip(),
                user_agent: trace.user_agent.clone(),
                request_id: trace.request_id.clone(),
                operator: trace.operator.clone(),
            },
            expires_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_the_same_names_in_the_table_and_in_the_process_log() {
        for action in [
            Action::Signup,
            Action::Login,
            Action::Logout,
            Action::Refresh,
            Action::Reuse,
            Action::PasswordChange,
            Action::PasswordReset,
            Action::EmailVerify,
            Action::EmailChange,
            Action::AccountDelete,
            Action::AccountSuspend,
            Action::AccountReinstate,
            Action::LoginUnlock,
            Action::PasswordResetSend,
            Action::AccountExport,
        ] {
            let in_the_table = serde_json::to_value(action).unwrap();
            assert_eq!(in_the_table, action.as_str());
        }
    }
}
