//! Tokens that somebody else made, well or badly.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::Server;

/// Header and claims exactly as written, signed with HMAC-SHA-256.
pub fn forge(header: &str, claims: &str, secret: &str) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

pub fn sign(claims: &Value, secret: &str) -> String {
    forge(
        r#"{"alg":"HS256","typ":"JWT"}"#,
        &claims.to_string(),
        secret,
    )
}

/// Claims that are good, for cases to spoil one at a time.
pub fn good_claims(server: &Server, user_id: &str) -> Map<String, Value> {
    let now = server.now_seconds();
    json!({
        "sub": user_id, "user_id": user_id, "email": "a@example.com", "iat": now - 10,
        "exp": now + 600, "jti": "token-1", "sid": "session-1", "auth_time": now - 10, "gen": 0,
    })
    .as_object()
    .unwrap()
    .clone()
}

/// The JSON text of a token's header (0) or claims (1).
pub fn part(token: &str, place: usize) -> String {
    let part = token.split('.').nth(place).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
