//! F2: a client of the store, without TLS, that asks it for a little at each call.

use floors::{Work, answer_events, client, run};

fn main() {
    run(async {
        let client = client(aws_smithy_http_client::Builder::new().build_http());
        let work = Work::told();
        answer_events(|| work.perform(&client)).await;
    });
}
