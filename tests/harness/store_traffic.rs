//! Observes the SDK's HTTP client: counts its requests, rejects those that the template does not allow,
//! and can lose requests or responses.

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
pub enum ConnectionFault {
    /// Every request from the n-th on is lost before the store gets it, as if the process had died.
    LostFrom(usize),
    /// The store executes the n-th request, and the response is lost.
    ResponseLost(usize),
    /// The store executes the n-th request. Its response and every later request are lost.
    LostAfter(usize),
    /// The n-th request waits before the store until it is released.
    Held(usize),
}

/// The way of one request through the connection.
struct Delivery {
    held_until: Option<Arc<Semaphore>>,
    reaches_store: bool,
    response_returns: bool,
}

#[derive(Clone, Debug, Default)]
pub struct StoreTraffic {
    state: Arc<Mutex<State>>,
    /// By function. `reset` keeps them.
    used_rights: Arc<Mutex<BTreeMap<String, Rights>>>,
}

#[derive(Debug)]
struct State {
    operations: Vec<String>,
    /// The number of requests that were sent while no other was in flight.
    round_trips: usize,
    in_flight: usize,
    fault: Option<ConnectionFault>,
    release: Arc<Semaphore>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            operations: Vec::new(),
            round_trips: 0,
            in_flight: 0,
            fault: None,
            release: Arc::new(Semaphore::new(0)),
        }
    }
}

impl StoreTraffic {
    /// Observes the connection of one function. Its name is that of its binary.
    pub fn observe(&self, connection: Connection, function: &str) -> Connection {
        let function = FunctionTraffic {
            traffic: self.clone(),
            function: function.to_owned(),
        };
        connection
            .map_http_client(|inner| SharedHttpClient::new(ObservedClient { inner, function }))
    }

    /// The rights that each function has used.
    pub fn used_rights(&self) -> BTreeMap<String, Rights> {
        self.used_rights.lock().unwrap().clone()
    }

    /// Forgets the requests so far and the fault.
    pub fn reset(&self) {
        *self.state.lock().unwrap() = State::default();
    }

    pub fn inject(&self, fault: ConnectionFault) {
        self.reset();
        self.state.lock().unwrap().fault = Some(fault);
    }

    /// Waits for the n-th request, completes `work`, and then releases the request.
    pub async fn run_while_held(&self, n: usize, work: impl Future<Output = ()>) {
        while self.operations().len() <= n {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        work.await;
        self.state.lock().unwrap().release.add_permits(1);
    }

    /// The names of the operations since the last reset. Every attempt counts.
    pub fn operations(&self) -> Vec<String> {
        self.state.lock().unwrap().operations.clone()
    }

    pub fn round_trips(&self) -> usize {
        self.state.lock().unwrap().round_trips
    }

    fn record(&self, request: &HttpRequest) -> Delivery {
        let mut state = self.state.lock().unwrap();
        let index = state.operations.len();
        state.operations.push(operation(request));
        if state.in_flight == 0 {
            state.round_trips += 1;
        }
        state.in_flight += 1;
        let (reaches_store, response_returns) = match state.fault {
            None | Some(ConnectionFault::Held(_)) => (true, true),
            Some(ConnectionFault::LostFrom(n)) => (index < n, true),
            Some(ConnectionFault::ResponseLost(n)) => (true, index != n),
            Some(ConnectionFault::LostAfter(n)) => (index <= n, index < n),
        };
        let is_held = state.fault == Some(ConnectionFault::Held(index));
        Delivery {
            held_until: is_held.then(|| Arc::clone(&state.release)),
            reaches_store,
            response_returns,
        }
    }
}

/// A request is in flight until this is dropped.
struct InFlight(StoreTraffic);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap();
        state.in_flight = state.in_flight.saturating_sub(1);
    }
}

fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The requests of one function.
#[derive(Clone, Debug)]
struct FunctionTraffic {
    traffic: StoreTraffic,
    function: String,
}

impl FunctionTraffic {
    /// The first right that the request needs and the function does not have.
    fn missing_right(&self, request: &HttpRequest) -> Option<Right> {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let asked_for = asked_for(&operation(request), &body);
        let missing = asked_for
            .difference(&granted()[&self.function])
            .next()
            .cloned();
        let mut used = self.traffic.used_rights.lock().unwrap();
        used.entry(self.function.clone())
            .or_default()
            .extend(asked_for);
        missing
    }

    /// The error response of `DynamoDB` for a missing right.
    #[expect(clippy::print_stderr, reason = "the failing test sees only a 500")]
    fn access_denied(&self, missing: &Right) -> HttpResponse {
        eprintln!("template.yaml does not allow {}: {missing}", self.function);
        let body = json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": format!("{} is not authorized to perform: {missing}", self.function),
        });
        HttpResponse::new(400.try_into().unwrap(), body.to_string().into())
    }
}

#[derive(Debug)]
struct ObservedClient {
    inner: SharedHttpClient,
    function: FunctionTraffic,
}

#[derive(Debug)]
struct ObservedConnector {
    inner: SharedHttpConnector,
    function: FunctionTraffic,
}

impl HttpClient for ObservedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(ObservedConnector {
            inner,
            function: self.function.clone(),
        })
    }
}

impl HttpConnector for ObservedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let delivery = self.function.traffic.record(&request);
        let denied = self
            .function
            .missing_right(&request)
            .map(|right| self.function.access_denied(&right));
        let inner = self.inner.clone();
        let in_flight = InFlight(self.function.traffic.clone());
        HttpConnectorFuture::new(async move {
            if let Some(release) = delivery.held_until {
                release.acquire().await.unwrap().forget();
            }
            if !delivery.reaches_store {
                return Err(ConnectorError::io("the request is lost".into()));
            }
            let response = match denied {
                Some(response) => Ok(response),
                None => inner.call(request).await,
            };
            drop(in_flight);
            if delivery.response_returns {
                response
            } else {
                Err(ConnectorError::io("the response is lost".into()))
            }
        })
    }
}
