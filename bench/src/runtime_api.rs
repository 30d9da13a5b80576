//! Lambda's Runtime API for one process, one event at a time:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router, body::Bytes, extract::State, http::StatusCode, response::IntoResponse, routing::get,
    serve::ListenerExt,
};
use shared::Clock;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
    time::timeout,
};

use crate::clock::now;

/// Far more than any call takes, even under valgrind.
const PATIENCE: Duration = Duration::from_mins(2);
/// The timeout in the template.
const DEADLINE_MILLIS: i64 = 10_000;

pub struct RuntimeApi {
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    ready: mpsc::UnboundedReceiver<Instant>,
    answers: mpsc::UnboundedReceiver<(Instant, Bytes)>,
}

struct Handlers {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    ready: mpsc::UnboundedSender<Instant>,
    answers: mpsc::UnboundedSender<(Instant, Bytes)>,
}

impl RuntimeApi {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, next_events) = mpsc::unbounded_channel();
        let (ready_sender, ready) = mpsc::unbounded_channel();
        let (answer_sender, answers) = mpsc::unbounded_channel();
        let handlers = Arc::new(Handlers {
            events: Mutex::new(next_events),
            ready: ready_sender,
            answers: answer_sender,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_event))
            .fallback(accept_answer)
            .with_state(handlers);
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self {
            address,
            events,
            ready,
            answers,
        }
    }

    /// Waits until the process asks for an event.
    pub async fn ready(&mut self) -> Instant {
        let ready = timeout(PATIENCE, self.ready.recv()).await;
        ready.expect("the function did not get ready").unwrap()
    }

    /// Sends an event to the process, which must be ready, and waits for the response.
    pub async fn exchange(&mut self, event: String) -> (Instant, Bytes) {
        self.events.send(event).unwrap();
        let answer = timeout(PATIENCE, self.answers.recv()).await;
        answer.expect("the function did not respond").unwrap()
    }
}

async fn next_event(State(handlers): State<Arc<Handlers>>) -> impl IntoResponse {
    // The measurement may have ended.
    let _ = handlers.ready.send(now());
    let event = handlers.events.lock().await.recv().await;
    let deadline = Clock::system().now().millis() + DEADLINE_MILLIS;
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
        ),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:measured".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-6b003640-5f0c2a7e91b34d68a0c1e2f3;Sampled=0".to_owned(),
        ),
    ];
    (headers, event.unwrap_or_default())
}

/// Responses and errors alike: an error has no status, which fails the call.
async fn accept_answer(State(handlers): State<Arc<Handlers>>, body: Bytes) -> StatusCode {
    let _ = handlers.answers.send((now(), body));
    StatusCode::ACCEPTED
}
