//! An account as JSON, for its owner.

use serde::Serialize;
use uuid::Uuid;

use crate::{Timestamp, account::Account};

#[derive(Debug, Serialize)]
pub struct UserJson<'a> {
    id: Uuid,
    email: &'a str,
    email_verified: bool,
    username: &'a str,
    #[serde(rename = "firstName")]
    first_name: Option<&'a str>,
    #[serde(rename = "lastName")]
    last_name: Option<&'a str>,
    is_active: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> From<&'a Account> for UserJson<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            id: account.id,
            email: &account.email,
            email_verified: account.email_verified,
            username: &account.username,
            first_name: account.first_name.as_deref(),
            last_name: account.last_name.as_deref(),
            is_active: account.is_active,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}
