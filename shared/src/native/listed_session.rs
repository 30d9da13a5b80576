//! A session as JSON in the list of its owner. Never a token.

use serde::Serialize;

use crate::{Timestamp, store::SessionRecord};

#[derive(Debug, Serialize)]
pub struct ListedSession<'a> {
    id: &'a str,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    /// Whether this call came with it. Absent where no session asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<bool>,
}

impl<'a> From<&'a SessionRecord> for ListedSession<'a> {
    fn from(session: &'a SessionRecord) -> Self {
        Self {
            id: session.id.as_str(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: Timestamp::from_seconds(session.expires_at),
            ip: session.ip.as_deref(),
            user_agent: session.user_agent.as_deref(),
            current: None,
        }
    }
}

impl ListedSession<'_> {
    #[must_use]
    pub fn as_current(mut self, is_current: bool) -> Self {
        self.current = Some(is_current);
        self
    }
}
