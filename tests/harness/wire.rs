//! The SDK's HTTP client, watched: it counts requests, refuses what the template does not allow, and
//! can lose requests or their answers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use serde_json::{Value, json};
use shared::store::Connection;
use tokio::sync::Semaphore;

use super::rights::{Right, Rights, asked_for, granted};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every request from the n-th on is lost before it has an effect, as if the process had died.
    DeadFrom(usize),
    /// The n-th request has its effect and its answer is lost.
    AnswerLost(usize),
    /// The n-th request has its effect, its answer is lost, and so is everything after it.
    DeadAfter(usize),
    /// The n-th request waits on its way there until it is released.
    HeldAt(usize),
}

struct Fate {
    held: Option<Arc<Semaphore>>,
    reaches_the_store: bool,
    answer_comes_back: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    /// By function, and kept when the rest is forgotten.
    used: Arc<Mutex<BTreeMap<String, Rights>>>,
}

#[derive(Debug)]
struct State {
    operations: Vec<String>,
    /// How many requests were sent while no other was under way: the round trips one after another.
    rounds: usize,
    under_way: usize,
    fault: Option<Fault>,
    release: Arc<Semaphore>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            operations: Vec::new(),
            rounds: 0,
            under_way: 0,
            fault: None,
            release: Arc::new(Semaphore::new(0)),
        }
    }
}

impl Wire {
    /// The connection of one function, by the name of its binary.
    pub fn around(&self, connection: Connection, function: &str) -> Connection {
        let end = End {
            wire: self.clone(),
            function: function.to_owned(),
        };
        connection.map_http_client(|inner| SharedHttpClient::new(WatchedClient { inner, end }))
    }

    /// The rights that each function has made use of.
    pub fn used(&self) -> BTreeMap<String, Rights> {
        self.used.lock().unwrap().clone()
    }

    /// Forgets what was sent so far, and what was to go wrong.
    pub fn reset(&self) {
        *self.state.lock().unwrap() = State::default();
    }

    pub fn fail(&self, fault: Fault) {
        self.reset();
        self.state.lock().unwrap().fault = Some(fault);
    }

    /// Waits until the n-th request is on its way, does something, and lets it go on.
    pub async fn meanwhile(&self, n: usize, something: impl Future<Output = ()>) {
        while self.operations().len() <= n {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        something.await;
        self.state.lock().unwrap().release.add_permits(1);
    }

    /// The operations sent since, by name, each attempt of its own.
    pub fn operations(&self) -> Vec<String> {
        self.state.lock().unwrap().operations.clone()
    }

    pub fn rounds(&self) -> usize {
        self.state.lock().unwrap().rounds
    }

    fn note(&self, request: &HttpRequest) -> Fate {
        let mut state = self.state.lock().unwrap();
        let place = state.operations.len();
        state.operations.push(operation(request));
        if state.under_way == 0 {
            state.rounds += 1;
        }
        state.under_way += 1;
        let (reaches_the_store, answer_comes_back) = match state.fault {
            None | Some(Fault::HeldAt(_)) => (true, true),
            Some(Fault::DeadFrom(n)) => (place < n, true),
            Some(Fault::AnswerLost(n)) => (true, place != n),
            Some(Fault::DeadAfter(n)) => (place <= n, place < n),
        };
        let is_held = state.fault == Some(Fault::HeldAt(place));
        Fate {
            held: is_held.then(|| Arc::clone(&state.release)),
            reaches_the_store,
            answer_comes_back,
        }
    }
}

/// Until it is dropped, a request is under way.
struct UnderWay(Wire);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The end of the wire that one function holds.
#[derive(Clone, Debug)]
struct End {
    wire: Wire,
    function: String,
}

impl End {
    /// The first right that this function does not have and the request wants.
    fn missing(&self, request: &HttpRequest) -> Option<Right> {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let asked_for = asked_for(&operation(request), &body);
        let missing = asked_for
            .difference(&granted()[&self.function])
            .next()
            .cloned();
        let mut used = self.wire.used.lock().unwrap();
        used.entry(self.function.clone())
            .or_default()
            .extend(asked_for);
        missing
    }

    /// As DynamoDB refuses.
    #[expect(
        clippy::print_stderr,
        reason = "the test that fails by it sees a 500 only"
    )]
    fn refusal(&self, missing: &Right) -> HttpResponse {
        eprintln!("template.yaml does not allow {}: {missing}", self.function);
        let body = json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": format!("{} is not authorized to perform: {missing}", self.function),
        });
        HttpResponse::new(400.try_into().unwrap(), body.to_string().into())
    }
}

#[derive(Debug)]
struct WatchedClient {
    inner: SharedHttpClient,
    end: End,
}

#[derive(Debug)]
struct WatchedConnector {
    inner: SharedHttpConnector,
    end: End,
}

impl HttpClient for WatchedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(WatchedConnector {
            inner,
            end: self.end.clone(),
        })
    }
}

impl HttpConnector for WatchedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let fate = self.end.wire.note(&request);
        let refusal = self
            .end
            .missing(&request)
            .map(|right| self.end.refusal(&right));
        let inner = self.inner.clone();
        let under_way = UnderWay(self.end.wire.clone());
        HttpConnectorFuture::new(async move {
            if let Some(release) = fate.held {
                release.acquire().await.unwrap().forget();
            }
            if !fate.reaches_the_store {
                return Err(ConnectorError::io("lost on the way there".into()));
            }
            let answer = match refusal {
                Some(refusal) => Ok(refusal),
                None => inner.call(request).await,
            };
            drop(under_way);
            if fate.answer_comes_back {
                answer
            } else {
                Err(ConnectorError::io("lost on the way back".into()))
            }
        })
    }
}
