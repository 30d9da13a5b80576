//! A call that the store is not asked for, again and again, from the event's text to the answer's: how a request is
//! read, and how the envelope of an error is written.
#![allow(
    clippy::unwrap_used,
    reason = "what cannot be repeated has nothing to say"
)]

use std::sync::Arc;

use floors::{repeat_on_request, told};
use shared::{
    App, Clock, Entropy, Settings,
    http::{Body, service},
    store::{Connection, Store},
};

fn main() {
    let event = told("FLOOR_EVENT");
    let expected = told("FLOOR_STATUS");
    let settings = Settings::from_environment().unwrap();
    let nowhere = Connection::to_local("http://127.0.0.1:9");
    let store = Store::new(&nowhere, &settings.table_name, Entropy::system());
    let app = App::new(settings, store, Clock::system(), Entropy::system());
    let service = service(signup::router(), Arc::new(app));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    repeat_on_request(|| {
        let request = lambda_http::request::from_str(&event).unwrap();
        let answer = runtime.block_on(service(request)).unwrap();
        assert_eq!(answer.status().as_str(), expected);
        assert!(matches!(answer.body(), Body::Text(_)));
    });
}
