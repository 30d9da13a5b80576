//! Checks of the form and signature of a token, and their error codes.

use serde_json::Value;

use crate::harness::{PREVIOUS_SECRET, SECRET, Server, forge, valid_claims};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
async fn tokens_are_checked_for_form_and_signature() {
    let server = Server::start().await;
    let id = server.sign_up("a@example.com").await.id;
    let claims = Value::Object(valid_claims(&server, &id)).to_string();
    let good = forge(HEADER, &claims, SECRET);
    let parts: Vec<&str> = good.split('.').collect();
    let with_claims = |claims: &str| forge(HEADER, claims, SECRET);
    let with_header = |header: &str| forge(header, &claims, SECRET);
    let duplicate = claims.replacen('{', "{\"jti\":\"other\",", 1);
    let duplicate_unknown = claims.replacen('{', "{\"x\":1,\"x\":1,", 1);
    let duplicate_nested = claims.replacen('{', "{\"x\":{\"y\":1,\"y\":1},", 1);
    let none = format!(
        "{}.",
        forge(r#"{"alg":"none"}"#, &claims, SECRET)
            .rsplit_once('.')
            .unwrap()
            .0
    );
    let (malformed, signature) = ("TokenMalformed", "TokenSignatureInvalid");
    let cases: Vec<(&str, String, &str)> = vec![
        ("good", good.clone(), "ok"),
        ("no typ", with_header(r#"{"alg":"HS256"}"#), "ok"),
        (
            "with a kid",
            with_header(r#"{"alg":"HS256","kid":"1"}"#),
            "ok",
        ),
        (
            "the previous secret",
            forge(HEADER, &claims, PREVIOUS_SECRET),
            "ok",
        ),
        (
            "another key",
            forge(HEADER, &claims, "some other secret of 32 bytes or so"),
            signature,
        ),
        ("no algorithm", with_header(r#"{"typ":"JWT"}"#), signature),
        ("alg none, unsigned", none, signature),
        (
            "alg none, signed",
            with_header(r#"{"alg":"none"}"#),
            signature,
        ),
        ("alg HS512", with_header(r#"{"alg":"HS512"}"#), signature),
        ("alg RS256", with_header(r#"{"alg":"RS256"}"#), signature),
        ("alg hs256", with_header(r#"{"alg":"hs256"}"#), signature),
        (
            "alg as a list",
            with_header(r#"{"alg":["HS256"]}"#),
            signature,
        ),
        (
            "typ JWS",
            with_header(r#"{"alg":"HS256","typ":"JWS"}"#),
            malformed,
        ),
        (
            "typ null",
            with_header(r#"{"alg":"HS256","typ":null}"#),
            malformed,
        ),
        (
            "crit",
            with_header(r#"{"alg":"HS256","crit":["exp"]}"#),
            malformed,
        ),
        (
            "an empty crit",
            with_header(r#"{"alg":"HS256","crit":[]}"#),
            malformed,
        ),
        (
            "duplicate alg",
            with_header(r#"{"alg":"HS256","alg":"HS256"}"#),
            malformed,
        ),
        ("header not an object", with_header("[]"), malformed),
        ("header not JSON", with_header("{"), malformed),
        (
            "duplicate claim",
            with_claims(&duplicate),
            "TokenClaimsInvalid",
        ),
        (
            "duplicate unknown claim",
            with_claims(&duplicate_unknown),
            "TokenClaimsInvalid",
        ),
        (
            "duplicate claim in a nested object",
            with_claims(&duplicate_nested),
            "TokenClaimsInvalid",
        ),
        (
            "claims not an object",
            with_claims("7"),
            "TokenClaimsInvalid",
        ),
        (
            "claims not JSON",
            with_claims("{\"sub\":"),
            "TokenClaimsInvalid",
        ),
        (
            "trailing data after the claims",
            with_claims(&format!("{claims}{{}}")),
            "TokenClaimsInvalid",
        ),
        ("two parts", format!("{}.{}", parts[0], parts[1]), malformed),
        ("four parts", format!("{good}.{}", parts[2]), malformed),
        (
            "no signature",
            format!("{}.{}.", parts[0], parts[1]),
            signature,
        ),
        (
            "half a signature",
            format!("{}.{}.{}", parts[0], parts[1], &parts[2][..20]),
            signature,
        ),
        ("padding", format!("{good}="), malformed),
        (
            "a character of plain base64",
            format!("{}.{}.+{}", parts[0], parts[1], &parts[2][1..]),
            malformed,
        ),
        (
            "trailing bits",
            format!("{}{}", &good[..good.len() - 1], with_trailing_bits(&good)),
            malformed,
        ),
        ("only dots", "..".to_owned(), malformed),
        ("nonsense", "nonsense".to_owned(), malformed),
        (
            "over 4,096 bytes",
            with_claims(&claims.replacen('{', &format!("{{\"x\":\"{}\",", "y".repeat(4000)), 1)),
            malformed,
        ),
    ];
    for (name, token, expected) in cases {
        let reply = server.me(&token).await;
        if expected == "ok" {
            assert_eq!(reply.status, 200, "{name}: {}", reply.text);
        } else {
            assert_eq!(reply.code(), expected, "{name}: {}", reply.text);
            reply.assert_refused(401, expected);
        }
    }
}

/// The last base64url character of a 32-byte signature has four data bits. Its two other bits must be zero
/// ([RFC 4648, section 3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)); this sets one of them.
fn with_trailing_bits(token: &str) -> char {
    let last = token.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let position = alphabet.find(last).unwrap();
    alphabet.chars().nth(position + 1).unwrap()
}

#[tokio::test]
async fn a_flipped_bit_invalidates_the_token() {
    let server = Server::start().await;
    let token = server.sign_up("a@example.com").await.token;
    for index in 0..token.len() {
        let bit = 1 << (index % 6);
        let mut bytes = token.clone().into_bytes();
        bytes[index] ^= bit;
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        if changed.bytes().any(|byte| !byte.is_ascii_graphic()) {
            continue;
        }
        let reply = server.me(&changed).await;
        assert_eq!(
            reply.status, 401,
            "bit {bit} of byte {index}: {}",
            reply.text
        );
        assert!(
            ["TokenMalformed", "TokenSignatureInvalid"].contains(&reply.code()),
            "{index}: {}",
            reply.text
        );
    }
}
