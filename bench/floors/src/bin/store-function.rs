//! F2: a client of the store, without TLS, that asks it for a little at each call, or does what it is told.

use floors::{Store, Work, answer_events, run};

fn main() {
    run(async {
        let store = Store::told(aws_smithy_http_client::Builder::new().build_http());
        let work = Work::told();
        answer_events(|| work.perform(&store)).await;
    });
}
