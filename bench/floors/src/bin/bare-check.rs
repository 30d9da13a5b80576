//! F4: one HS256 check with `jsonwebtoken`, which reads of the claims only what it needs, by the same
//! HMAC as the product's.
#![allow(
    clippy::unwrap_used,
    reason = "a floor that cannot be reached has nothing to say"
)]

use std::hint::black_box;

use floors::told;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use shared::{Settings, token::TokenSigner};

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
}

fn main() {
    // For the HMAC that it installs.
    drop(TokenSigner::new(&Settings::from_environment().unwrap()));
    let key = DecodingKey::from_secret(told("BETTER_AUTH_SECRET").as_bytes());
    let validation = Validation::new(Algorithm::HS256);
    let token = told("FLOOR_TOKEN");
    floors::repeat_on_request(|| {
        let decoded = decode::<Claims>(black_box(&token), &key, &validation).unwrap();
        black_box((decoded.claims.sub, decoded.claims.exp));
    });
}
