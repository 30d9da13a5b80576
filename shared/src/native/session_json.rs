//! A session as JSON.

use serde::Serialize;
use uuid::Uuid;

use crate::{
    Timestamp,
    token::{Claims, IssuedToken},
};

#[derive(Debug, Serialize)]
pub struct SessionJson<'a> {
    id: &'a str,
    user_id: Uuid,
    created_at: Timestamp,
    issued_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
}

impl<'a> SessionJson<'a> {
    #[must_use]
    pub fn without_token(claims: &'a Claims) -> Self {
        Self {
            id: claims.session_id.as_str(),
            user_id: claims.user_id,
            created_at: Timestamp::from_seconds(claims.auth_time),
            issued_at: Timestamp::from_seconds(claims.issued_at),
            expires_at: Timestamp::from_seconds(claims.expires_at),
            token: None,
            token_type: None,
        }
    }

    #[must_use]
    pub fn with_token(issued: &'a IssuedToken) -> Self {
        Self {
            token: Some(&issued.token),
            token_type: Some("Bearer"),
            ..Self::without_token(&issued.claims)
        }
    }
}
