//! A token is valid if we signed it and its claims meet the rules, and only then.

#![no_main]

use latchkey_fuzz::{NOW, forge, good_token, signer, signer_for_foreign};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use shared::{Timestamp, token::Claims};

fuzz_target!(|input: &[u8]| {
    let now = Timestamp::from_seconds(NOW);
    if let Ok(text) = str::from_utf8(input) {
        // Without the secret no token is valid.
        assert!(text == good_token() || signer().verify(text, now).is_err());
    }
    if let [place_high, place_low, flip, ..] = input {
        flip_byte(
            usize::from(*place_high) << 8 | usize::from(*place_low),
            *flip,
        );
    }
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let (header, claims) = match (parts.next(), parts.next()) {
        (Some(header), Some(claims)) => (header, claims),
        _ => (br#"{"alg":"HS256"}"#.as_slice(), input),
    };
    let token = forge(header, claims);
    let own = signer().verify(&token, now).ok();
    let any = signer_for_foreign().verify(&token, now).ok();
    // A token without a generation is another issuer's.
    assert_eq!(own, any.clone().filter(|read| read.generation.is_some()));
    if let Some(read) = any {
        assert_eq!(object(header)["alg"], "HS256");
        assert_rules(&read, &object(claims));
    }
});

/// Changes one byte of a valid token.
fn flip_byte(place: usize, flip: u8) {
    let mut bytes = good_token().as_bytes().to_vec();
    let place = place % bytes.len();
    bytes[place] ^= flip;
    if let Ok(spoilt) = str::from_utf8(&bytes) {
        let verdict = signer().verify(spoilt, Timestamp::from_seconds(NOW));
        assert_eq!(verdict.is_ok(), flip == 0);
    }
}

fn object(bytes: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(bytes).unwrap()
}

fn assert_rules(read: &Claims, written: &Map<String, Value>) {
    let user_id = read.user_id.to_string();
    let names = ["sub", "user_id"].map(|name| written.get(name));
    assert!(names.iter().any(Option::is_some));
    assert!(names.iter().flatten().all(|identity| **identity == user_id));

    assert_eq!(written["jti"], read.token_id.as_str());
    let session = written.get("sid").unwrap_or(&written["jti"]);
    assert_eq!(*session, read.session_id.as_str());
    for id in [read.token_id.as_str(), read.session_id.as_str()] {
        assert!((1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()));
    }

    assert_eq!(written["iat"], read.issued_at);
    assert_eq!(written["exp"], read.expires_at);
    let given = written.get("auth_time").unwrap_or(&written["iat"]);
    assert_eq!(*given, read.auth_time);
    assert!(0 <= read.auth_time && read.auth_time <= read.issued_at);
    assert!(read.issued_at <= NOW + 60 && NOW < read.expires_at);
    assert!(read.expires_at - read.issued_at <= 30 * 86_400);
    assert!(NOW < read.auth_time + 30 * 86_400);
    if let Some(not_before) = written.get("nbf") {
        assert!(not_before.as_i64().unwrap() <= NOW + 60);
    }
    assert_eq!(
        written.get("gen").map(|count| count.as_u64().unwrap()),
        read.generation
    );
}
