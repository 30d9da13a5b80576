//! The record of a session, for the list that its owner sees.

use super::Context;
use crate::{Timestamp, store::SessionRecord, token::Claims};

impl Context<'_> {
    /// The record of the session that this token has just been issued to.
    #[must_use]
    pub fn session_record(&self, claims: &Claims) -> SessionRecord {
        let (tokens, now) = (&self.app.tokens, self.now());
        SessionRecord {
            id: claims.session_id.clone(),
            created_at: Timestamp::from_seconds(claims.auth_time),
            last_used_at: now,
            // A repeated trade issues a token that has been traded in itself meanwhile. The session's
            // last token expires later then, and at most at this time.
            expires_at: tokens.expiry(claims.auth_time, now).max(claims.expires_at),
            ip: self.trace.ip(),
            user_agent: self.trace.user_agent.clone(),
            session_generation: claims.generation.unwrap_or_default(),
        }
    }
}
