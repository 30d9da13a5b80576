//! Lambda's Runtime API on loopback, for one process: it hands out one event at a time.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use local::listen;
use shared::Clock;
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};

/// Far more than anything takes, under valgrind too.
const PATIENCE: Duration = Duration::from_mins(2);
/// As the template has it.
const DEADLINE_MILLIS: i64 = 10_000;

#[derive(Debug)]
pub struct RuntimeApi {
    pub address: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    asked: mpsc::UnboundedReceiver<Instant>,
    answered: mpsc::UnboundedReceiver<(Instant, Bytes)>,
}

struct Desk {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    asked: mpsc::UnboundedSender<Instant>,
    answered: mpsc::UnboundedSender<(Instant, Bytes)>,
}

impl RuntimeApi {
    pub async fn open() -> Self {
        let listener = listen::on_loopback(0, "no option").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, waiting) = mpsc::unbounded_channel();
        let (asking, asked) = mpsc::unbounded_channel();
        let (answering, answered) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            events: Mutex::new(waiting),
            asked: asking,
            answered: answering,
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let desk = Arc::clone(&desk);
                let service = hyper::service::service_fn(move |request| {
                    let desk = Arc::clone(&desk);
                    async move { Ok::<_, Infallible>(desk.answer(request).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                // It ends with the process on its other side.
                tokio::spawn(connection);
            }
        });
        Self {
            address,
            events,
            asked,
            answered,
        }
    }

    /// Waits until the process asks for an event: it is ready.
    pub async fn ready(&mut self) -> Instant {
        let asked = timeout(PATIENCE, self.asked.recv()).await;
        asked.expect("a function never got ready").unwrap()
    }

    /// Hands out an event that the process has asked for already, and waits for the answer.
    pub async fn exchange(&mut self, event: String) -> (Instant, Bytes) {
        self.events.send(event).unwrap();
        let answered = timeout(PATIENCE, self.answered.recv()).await;
        answered.expect("a function never answered").unwrap()
    }
}

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        if request.method() == Method::GET && path.ends_with("/runtime/invocation/next") {
            return self.hand_out().await;
        }
        let body = request.into_body().collect().await.unwrap().to_bytes();
        // An error is an answer without a status, too.
        self.answered.send((now(), body)).unwrap();
        let mut accepted = Response::new(Full::default());
        *accepted.status_mut() = StatusCode::ACCEPTED;
        accepted
    }

    async fn hand_out(&self) -> Response<Full<Bytes>> {
        // Nobody may be waiting any more.
        let _gone = self.asked.send(now());
        let Some(event) = self.events.lock().await.recv().await else {
            return Response::new(Full::default());
        };
        let deadline = Clock::system().now().millis() + DEADLINE_MILLIS;
        Response::builder()
            .header(
                "lambda-runtime-aws-request-id",
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            )
            .header("lambda-runtime-deadline-ms", deadline)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:measured",
            )
            .header(
                "lambda-runtime-trace-id",
                "Root=1-6b003640-5f0c2a7e91b34d68a0c1e2f3;Sampled=0",
            )
            .body(Full::new(Bytes::from(event)))
            .unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "it is what is measured")]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}
