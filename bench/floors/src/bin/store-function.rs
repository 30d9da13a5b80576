//! F2: a `DynamoDB` client without TLS. `FLOOR_STEPS` lists the steps of a call.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a floor that fails must end the measurement"
)]

use floors::{BareHash, Store, answer_events, block_on, env_var};

fn main() {
    block_on(async {
        let store = Store::from_env(aws_smithy_http_client::Builder::new().build_http());
        let steps = env_var("FLOOR_STEPS");
        let hash = steps.contains("hash").then(BareHash::new);
        answer_events(|| async {
            for step in steps.split_whitespace() {
                match step {
                    "batch-get" => store.batch_get().await,
                    "transact-login" => store.transact_login().await,
                    "count" => store.count().await,
                    "get" => store.get().await,
                    "hash" => hash.as_ref().unwrap().compute(),
                    "put" => store.put().await,
                    "query" => store.query().await,
                    "transact" => store.transact().await,
                    "transact-four" => store.transact_four().await,
                    unknown => panic!("FLOOR_STEPS: no step is called {unknown:?}"),
                }
            }
        })
        .await;
    });
}
