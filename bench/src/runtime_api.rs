//! Lambda's Runtime API for one process, one event at a time:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{AppendHeaders, IntoResponse},
    routing::get,
    serve::ListenerExt,
};
use shared::Clock;
use tokio::{
    net::TcpListener,
    sync::{broadcast, mpsc},
    time::timeout,
};

use crate::table;

/// Far more than any call takes, even under valgrind.
const PATIENCE: Duration = Duration::from_mins(2);
/// The timeout in the template.
const DEADLINE_MILLIS: i64 = 10_000;

const HEADERS: &str = "\
lambda-runtime-aws-request-id       | 8476a536-e9f4-11e8-9739-2dfe598c3fcd
lambda-runtime-invoked-function-arn | arn:aws:lambda:us-east-1:123456789012:function:measured
lambda-runtime-trace-id             | Root=1-6b003640-5f0c2a7e91b34d68a0c1e2f3;Sampled=0";

pub struct RuntimeApi {
    pub address: SocketAddr,
    events: broadcast::Sender<String>,
    requests: mpsc::UnboundedReceiver<Request>,
}

/// When a request of the process arrived, and the body if it answers an event.
type Request = (Instant, Option<Bytes>);

type Handler = (mpsc::UnboundedSender<Request>, broadcast::Sender<String>);

impl RuntimeApi {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let events = broadcast::Sender::new(1);
        let (sender, requests) = mpsc::unbounded_channel();
        let handler: Handler = (sender, events.clone());
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_event))
            .fallback(accept_answer)
            .with_state(handler);
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self {
            address,
            events,
            requests,
        }
    }

    /// Waits until the process asks for an event.
    pub async fn ready(&mut self) -> Instant {
        let (time, body) = self.request().await;
        assert!(body.is_none(), "the function failed: {body:?}");
        time
    }

    /// Sends an event to the process, which must be ready, and waits for the response.
    pub async fn exchange(&mut self, event: String) -> (Instant, Bytes) {
        self.events.send(event).unwrap();
        let (time, body) = self.request().await;
        (time, body.expect("the function did not respond"))
    }

    async fn request(&mut self) -> Request {
        let request = timeout(PATIENCE, self.requests.recv()).await;
        request.expect("the function hangs").unwrap()
    }
}

async fn next_event(State((requests, events)): State<Handler>) -> impl IntoResponse {
    // Before the request is reported: the event may come at once.
    let mut events = events.subscribe();
    // The measurement may have ended.
    let _ = requests.send((Instant::now(), None));
    let event = events.recv().await;
    let deadline = Clock::system().now().millis() + DEADLINE_MILLIS;
    let deadline = [("lambda-runtime-deadline-ms", deadline.to_string())];
    let headers = table::rows(HEADERS).map(|[name, value]| (name, value));
    (deadline, AppendHeaders(headers), event.unwrap_or_default())
}

/// Responses and errors alike: an error has no status, which fails the call.
async fn accept_answer(State((requests, _)): State<Handler>, body: Bytes) -> StatusCode {
    let _ = requests.send((Instant::now(), Some(body)));
    StatusCode::ACCEPTED
}
