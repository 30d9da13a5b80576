//! The record of a session, for the list that its owner sees.

use super::Context;
use crate::{Timestamp, store::SessionRecord, token::Claims};

impl Context<'_> {
    /// After its last token, which this call issues.
    #[must_use]
    pub fn session_record(&self, claims: &Claims) -> SessionRecord {
        let (tokens, now) = (&self.app.tokens, self.now());
        SessionRecord {
            id: claims.session_id.clone(),
            created_at: Timestamp::from_seconds(claims.auth_time),
            last_used_at: now,
            // A repeated trade gives the token of the first. One that came of that meanwhile expires
            // later, but not later than this.
            expires_at: tokens.expiry(claims.auth_time, now).max(claims.expires_at),
            ip: self.trace.ip(),
            user_agent: self.trace.user_agent.clone(),
            session_generation: claims.generation.unwrap_or_default(),
        }
    }
}
