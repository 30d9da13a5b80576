//! What a token says, and which sayings hold.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Timestamp, TokenFault};

/// For how far an issuer's clock may run ahead of ours.
const LEEWAY_SECONDS: i64 = 60;
pub(super) const LONGEST_LIFE_SECONDS: i64 = 2_592_000;
/// Session and token ids become part of a key in the store, which is bounded.
const LONGEST_ID_BYTES: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub user_id: Uuid,
    pub session_id: String,
    pub token_id: String,
    pub issued_at: i64,
    pub expires_at: i64,
    /// When the password was given.
    pub auth_time: i64,
    /// How often every session of the account had ended at once; absent from tokens that another
    /// issuer signed with our secret.
    pub generation: Option<u64>,
}

impl Claims {
    /// The claims of a payload whose signature is good.
    pub(super) fn read(
        payload: &Map<String, Value>,
        now: Timestamp,
        max_age_seconds: i64,
    ) -> Result<Self, TokenFault> {
        let user_id = identity(payload)?;
        let token_id = id(payload, "jti")?.ok_or(TokenFault::ClaimsInvalid("no jti"))?;
        let issued_at = time(payload, "iat")?.ok_or(TokenFault::ClaimsInvalid("no iat"))?;
        let expires_at = time(payload, "exp")?.ok_or(TokenFault::ClaimsInvalid("no exp"))?;
        let auth_time = time(payload, "auth_time")?.unwrap_or(issued_at);
        let not_before = time(payload, "nbf")?.unwrap_or(issued_at);
        let generation = match payload.get("gen") {
            None => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .ok_or(TokenFault::ClaimsInvalid("gen is not a count"))?,
            ),
        };

        if issued_at > expires_at {
            return Err(TokenFault::ClaimsInvalid("issued after it expires"));
        }
        if expires_at - issued_at > LONGEST_LIFE_SECONDS {
            return Err(TokenFault::ClaimsInvalid("a life of over 30 days"));
        }
        if auth_time > issued_at {
            return Err(TokenFault::ClaimsInvalid(
                "issued before the password was given",
            ));
        }
        if issued_at.max(not_before) > now.seconds() + LEEWAY_SECONDS {
            return Err(TokenFault::NotYetValid);
        }
        let session_end = auth_time.saturating_add(max_age_seconds);
        if expires_at.min(session_end) <= now.seconds() {
            return Err(TokenFault::Expired);
        }
        Ok(Self {
            user_id,
            session_id: id(payload, "sid")?.unwrap_or_else(|| token_id.clone()),
            token_id,
            issued_at,
            expires_at,
            auth_time,
            generation,
        })
    }

    /// Signed with our secret by another issuer.
    pub(super) fn is_foreign(&self) -> bool {
        self.generation.is_none()
    }

    pub(super) fn to_payload(&self, email: &str) -> Value {
        json!({
            "sub": self.user_id,
            "user_id": self.user_id,
            "email": email,
            "iat": self.issued_at,
            "exp": self.expires_at,
            "jti": self.token_id,
            "sid": self.session_id,
            "auth_time": self.auth_time,
            "gen": self.generation,
        })
    }
}

/// `sub` and `user_id` are one identity in two spellings; either will do, two must agree.
fn identity(payload: &Map<String, Value>) -> Result<Uuid, TokenFault> {
    let spelling = match (payload.get("sub"), payload.get("user_id")) {
        (None, None) => return Err(TokenFault::ClaimsInvalid("no identity")),
        (Some(sub), Some(user_id)) if sub != user_id => {
            return Err(TokenFault::ClaimsInvalid("sub and user_id differ"));
        }
        (Some(identity), _) | (None, Some(identity)) => identity,
    };
    let fault = TokenFault::ClaimsInvalid("the identity is not a canonical UUID");
    let text = spelling.as_str().ok_or(fault)?;
    Uuid::try_parse(text)
        .ok()
        .filter(|uuid| uuid.to_string() == text)
        .ok_or(fault)
}

fn id(payload: &Map<String, Value>, name: &str) -> Result<Option<String>, TokenFault> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    value
        .as_str()
        .filter(|id| (1..=LONGEST_ID_BYTES).contains(&id.len()))
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(|id| Some(id.to_owned()))
        .ok_or(TokenFault::ClaimsInvalid(
            "jti or sid is not 1 to 128 visible characters",
        ))
}

fn time(payload: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenFault> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    value
        .as_i64()
        .filter(|seconds| (0..=253_402_300_799).contains(seconds))
        .map(Some)
        .ok_or(TokenFault::ClaimsInvalid(
            "a time is not whole seconds between 1970 and 9999",
        ))
}
