//! The SDK's HTTP client, watched: it counts requests, and can lose them or their answers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    result::ConnectorError,
};
use shared::store::Connection;
use tokio::sync::Semaphore;

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
pub struct Wire(Arc<Mutex<State>>);

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
    pub fn around(connection: Connection) -> (Self, Connection) {
        let wire = Self::default();
        let watching = wire.clone();
        let connection = connection.through(|inner| {
            SharedHttpClient::new(WatchedClient {
                inner,
                wire: watching,
            })
        });
        (wire, connection)
    }

    /// Forgets what was sent so far, and what was to go wrong.
    pub fn reset(&self) {
        *self.0.lock().unwrap() = State::default();
    }

    pub fn fail(&self, fault: Fault) {
        self.reset();
        self.0.lock().unwrap().fault = Some(fault);
    }

    /// Waits until the n-th request is on its way, does something, and lets it go on.
    pub async fn meanwhile(&self, n: usize, something: impl Future<Output = ()>) {
        while self.operations().len() <= n {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        something.await;
        self.0.lock().unwrap().release.add_permits(1);
    }

    /// The operations sent since, by name, each attempt of its own.
    pub fn operations(&self) -> Vec<String> {
        self.0.lock().unwrap().operations.clone()
    }

    pub fn rounds(&self) -> usize {
        self.0.lock().unwrap().rounds
    }

    fn note(&self, request: &HttpRequest) -> Fate {
        let mut state = self.0.lock().unwrap();
        let place = state.operations.len();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let name = target.rsplit('.').next().unwrap_or_default().to_owned();
        state.operations.push(name);
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
        let mut state = self.0.0.lock().unwrap();
        state.under_way = state.under_way.saturating_sub(1);
    }
}

#[derive(Debug)]
struct WatchedClient {
    inner: SharedHttpClient,
    wire: Wire,
}

#[derive(Debug)]
struct WatchedConnector {
    inner: SharedHttpConnector,
    wire: Wire,
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
            wire: self.wire.clone(),
        })
    }
}

impl HttpConnector for WatchedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let fate = self.wire.note(&request);
        let inner = self.inner.clone();
        let under_way = UnderWay(self.wire.clone());
        HttpConnectorFuture::new(async move {
            if let Some(release) = fate.held {
                release.acquire().await.unwrap().forget();
            }
            if !fate.reaches_the_store {
                return Err(ConnectorError::io("lost on the way there".into()));
            }
            let answer = inner.call(request).await;
            drop(under_way);
            if fate.answer_comes_back {
                answer
            } else {
                Err(ConnectorError::io("lost on the way back".into()))
            }
        })
    }
}
