//! One operation, `FLOOR_ITERATIONS` times a call: F3 and F4, and the product's counterparts.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "an operation that fails must end the measurement"
)]

use std::{hint::black_box, sync::Arc};

use floors::{BareHash, answer_events, block_on, env_var};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use lambda_http::{Context, LambdaEvent};
use serde::Deserialize;
use shared::{
    App, Clock, Entropy, Settings,
    account::{Hasher, Password},
    http,
    store::{Connection, Store},
    token::TokenSigner,
};

fn main() {
    block_on(async {
        match env_var("FLOOR_OPERATION").as_str() {
            "bare-hash" => bare_hash().await,
            "hash" => product_hash().await,
            "bare-check" => bare_check().await,
            "token-check" => token_check().await,
            "refusal" => refusal().await,
            unknown => panic!("FLOOR_OPERATION: no operation is called {unknown:?}"),
        }
    });
}

async fn repeat<F: Future<Output = ()> + Send>(operation: impl Fn() -> F + Sync) {
    let iterations: u32 = env_var("FLOOR_ITERATIONS").parse().unwrap();
    let operation = &operation;
    answer_events(|| async move {
        for _ in 0..iterations {
            operation().await;
        }
    })
    .await;
}

/// F3.
async fn bare_hash() {
    let hash = BareHash::new();
    repeat(|| async { hash.compute() }).await;
}

/// Runs on a thread of its own, as in the product.
async fn product_hash() {
    let (hasher, entropy) = (Hasher::new(), Entropy::system());
    let password = Password::read("correct horse battery").unwrap();
    repeat(|| async {
        black_box(hasher.hash(&password, &entropy).await.unwrap());
    })
    .await;
}

/// F4: reads two claims, with the product's HMAC.
async fn bare_check() {
    #[derive(Deserialize)]
    struct Claims {
        sub: String,
        exp: i64,
    }
    // Installs the product's HMAC in `jsonwebtoken`.
    drop(TokenSigner::new(&Settings::from_environment().unwrap()));
    let key = DecodingKey::from_secret(env_var("BETTER_AUTH_SECRET").as_bytes());
    let validation = Validation::new(Algorithm::HS256);
    let token = env_var("FLOOR_TOKEN");
    repeat(|| async {
        let decoded = decode::<Claims>(black_box(&token), &key, &validation).unwrap();
        black_box((decoded.claims.sub, decoded.claims.exp));
    })
    .await;
}

async fn token_check() {
    let tokens = TokenSigner::new(&Settings::from_environment().unwrap());
    let (clock, token) = (Clock::system(), env_var("FLOOR_TOKEN"));
    repeat(|| async {
        black_box(tokens.verify(black_box(&token), clock.now()).unwrap());
    })
    .await;
}

/// A sign-up that is refused before any store request: an event is read and an error response written.
async fn refusal() {
    let (event, status) = (env_var("FLOOR_EVENT"), env_var("FLOOR_STATUS"));
    let settings = Settings::from_environment().unwrap();
    let unreachable = Connection::to_local("http://127.0.0.1:9");
    let store = Store::new(&unreachable, &settings.table_name, Entropy::system());
    let app = App::new(settings, store, Clock::system(), Entropy::system());
    let function = http::answer_events(http::service(signup::router(), Arc::new(app)));
    repeat(|| async {
        let event = LambdaEvent::new(serde_json::from_str(&event).unwrap(), Context::default());
        let response = function(event).await.unwrap();
        assert_eq!(response.status_code.to_string(), status);
        black_box(response);
    })
    .await;
}
