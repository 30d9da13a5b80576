//! The SDK's HTTP client, watched: it counts requests, and can lose them or their answers.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    result::ConnectorError,
};
use shared::store::Connection;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every request from the n-th on is lost before it has an effect, as if the process had died.
    DeadFrom(usize),
    /// The n-th request has its effect and its answer is lost.
    AnswerLost(usize),
    /// The n-th request has its effect, its answer is lost, and so is everything after it.
    DeadAfter(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Wire(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    operations: Vec<String>,
    fault: Option<Fault>,
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

    /// The operations sent since, by name, each attempt of its own.
    pub fn operations(&self) -> Vec<String> {
        self.0.lock().unwrap().operations.clone()
    }

    fn note(&self, request: &HttpRequest) -> (bool, bool) {
        let mut state = self.0.lock().unwrap();
        let place = state.operations.len();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let name = target.rsplit('.').next().unwrap_or_default().to_owned();
        state.operations.push(name);
        match state.fault {
            None => (true, true),
            Some(Fault::DeadFrom(n)) => (place < n, true),
            Some(Fault::AnswerLost(n)) => (true, place != n),
            Some(Fault::DeadAfter(n)) => (place <= n, place < n),
        }
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
        let (reaches_the_store, answer_comes_back) = self.wire.note(&request);
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            if !reaches_the_store {
                return Err(ConnectorError::io("lost on the way there".into()));
            }
            let answer = inner.call(request).await;
            if answer_comes_back {
                answer
            } else {
                Err(ConnectorError::io("lost on the way back".into()))
            }
        })
    }
}
