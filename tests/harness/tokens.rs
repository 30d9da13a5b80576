//! Tokens that the tests sign themselves, valid or not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::Server;

/// Signs the given header and claims with HMAC-SHA-256 without any check.
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

/// Valid claims. Each test case makes one of them invalid.
pub fn valid_claims(server: &Server, user_id: &str) -> Map<String, Value> {
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
pub fn token_part(token: &str, index: usize) -> String {
    let part = token.split('.').nth(index).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
