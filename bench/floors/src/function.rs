//! A Lambda function on one thread, as the product's functions are.

use lambda_http::{Error, Response, service_fn};

/// Runs a function's `main` on a single-threaded runtime.
pub fn block_on(main: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(main);
}

/// Does `work` once per event, then answers `{"ok":true}`.
pub async fn answer_events<F: Future<Output = ()> + Send>(work: impl Fn() -> F + Sync) {
    let work = &work;
    let handler = service_fn(|_event| async move {
        work().await;
        Response::builder()
            .header("content-type", "application/json")
            .body(r#"{"ok":true}"#.to_owned())
            .map_err(Error::from)
    });
    lambda_http::run(handler).await.unwrap();
}
