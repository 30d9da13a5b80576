//! A Lambda function on one thread, as the product's are.

use lambda_http::{Error, Response, service_fn};

/// Runs what a function does, from its first line to its end.
pub fn run(function: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(function);
}

/// Does `work` at each event and says that it is done.
pub async fn answer_events<F: Future<Output = ()> + Send>(work: impl Fn() -> F + Sync) {
    let work = &work;
    let answer = service_fn(|_event| async move {
        work().await;
        let answer = Response::builder().header("content-type", "application/json");
        answer
            .body(r#"{"ok":true}"#.to_owned())
            .map_err(Error::from)
    });
    lambda_http::run(answer).await.unwrap();
}
