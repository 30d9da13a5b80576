//! F2: a `DynamoDB` client without TLS. `FLOOR_STEPS` says what a call does.

use floors::{Store, Workload, answer_events, block_on};

fn main() {
    block_on(async {
        let store = Store::from_env(aws_smithy_http_client::Builder::new().build_http());
        let workload = Workload::from_env();
        answer_events(|| workload.run(&store)).await;
    });
}
