//! An HTTP proxy in front of the embedded database. It injects faults.

mod split_batch;
mod store_call;
mod store_fault;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use local::listen;
use tokio::net::TcpStream;

use split_batch::SplitBatch;
use store_call::StoreCall;
use store_fault::ResponseBody;

pub use store_fault::StoreFault;

/// The fault of one call and the store call it breaks.
#[derive(Clone, Debug)]
pub struct FaultPlan {
    pub fault: StoreFault,
    pub persistence: Persistence,
    /// The names of the expected store calls. Concurrent ones can arrive in any order.
    pub store_calls: Vec<String>,
    /// The index of the broken store call.
    pub position: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Only the first request of the store call, and the retries that [`StoreFault::broken_requests`] adds.
    Once,
    /// Every request of the store call and of all later store calls.
    Lasting,
    /// Every request of the store call, and no other request.
    OneStoreCall,
}

#[derive(Clone, Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    database: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    plan: Option<FaultPlan>,
    /// Every store call since the last `inject` or `clear`.
    recorded: Vec<RecordedCall>,
    fault_count: usize,
    in_flight: usize,
}

#[derive(Debug)]
struct RecordedCall {
    id: String,
    name: String,
    requests: usize,
}

/// The fault of one request.
struct InjectedFault {
    fault: StoreFault,
    /// The number of the request within its store call, from 0.
    number: usize,
}

impl Proxy {
    pub async fn start(database: SocketAddr) -> Self {
        let listener = listen::on_loopback(0, "--database-port").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            database,
            client: Client::builder(TokioExecutor::new()).build_http(),
            state: Arc::default(),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        proxy
    }

    pub fn inject(&self, plan: FaultPlan) {
        self.clear();
        self.state.lock().unwrap().plan = Some(plan);
    }

    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap();
        state.plan = None;
        state.recorded.clear();
        state.fault_count = 0;
    }

    /// The names of the store calls since the last `inject` or `clear`, without retries.
    pub fn store_calls(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state
            .recorded
            .iter()
            .map(|call| call.name.clone())
            .collect()
    }

    /// The number of requests that got the planned fault.
    pub fn fault_count(&self) -> usize {
        self.state.lock().unwrap().fault_count
    }

    /// Waits until the database has answered every forwarded request.
    pub async fn wait_until_idle(&self) {
        while self.state.lock().unwrap().in_flight > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn serve(self, stream: TcpStream) {
        let answer = service_fn(|request| self.answer(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        // Every fault or time-out that closes the connection is an error here.
        drop(connection.await);
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, io::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let call = StoreCall::read(&head.headers, &body);
        let Some(InjectedFault { fault, number }) = self.record(&call) else {
            let (head, body) = self.forward(head, body).await.into_parts();
            return Ok(Response::from_parts(head, ResponseBody::whole(body)));
        };
        if fault == StoreFault::Unprocessed {
            return Ok(self.forward_in_part(head, &body).await);
        }
        if let Some(response) = fault.error_response(&call, &body, number) {
            return Ok(response);
        }
        let no_response = io::Error::other("the connection ends without a response");
        if !fault.is_executed(number) {
            return match fault {
                StoreFault::TimeoutBefore => std::future::pending().await,
                _ => Err(no_response),
            };
        }
        let (head, body) = self.forward(head, body).await.into_parts();
        let body = match fault {
            StoreFault::Truncated => ResponseBody::cut_off(body),
            StoreFault::Slow => ResponseBody::byte_by_byte(&body),
            StoreFault::InProgress => return Err(no_response),
            _ => return std::future::pending().await,
        };
        Ok(Response::from_parts(head, body))
    }

    fn record(&self, call: &StoreCall) -> Option<InjectedFault> {
        let mut state = self.state.lock().unwrap();
        let known = state
            .recorded
            .iter()
            .position(|recorded| recorded.id == call.id);
        let index = known.unwrap_or_else(|| {
            let name = unique_name(&call.name, &state.recorded);
            state.recorded.push(RecordedCall {
                id: call.id.clone(),
                name,
                requests: 0,
            });
            state.recorded.len() - 1
        });
        let recorded = &mut state.recorded[index];
        let (name, number) = (recorded.name.clone(), recorded.requests);
        recorded.requests += 1;
        let plan = state.plan.as_ref()?;
        let position = plan.store_calls.iter().position(|it| *it == name);
        let fault = plan.fault;
        let is_selected = match plan.persistence {
            Persistence::Once => {
                number < fault.broken_requests() && position == Some(plan.position)
            }
            Persistence::OneStoreCall => position == Some(plan.position),
            // A store call outside the plan is a reaction to the fault, so it comes later.
            Persistence::Lasting => position.is_none_or(|position| position >= plan.position),
        };
        // Some faults cannot happen at every store call.
        if !is_selected || !fault.applies_to(&name) {
            return None;
        }
        state.fault_count += 1;
        Some(InjectedFault { fault, number })
    }

    async fn forward_in_part(
        &self,
        mut head: http::request::Parts,
        body: &[u8],
    ) -> Response<ResponseBody> {
        let SplitBatch {
            processed,
            unprocessed,
        } = split_batch::split(body);
        let forwarded = match processed {
            None => None,
            Some(processed) => {
                head.headers.remove(header::CONTENT_LENGTH);
                Some(self.forward(head, processed.to_string().into()).await)
            }
        };
        let processed = forwarded.as_ref().map(|response| response.body().as_ref());
        let body = split_batch::response(processed, &unprocessed).to_string();
        Response::new(ResponseBody::whole(body.into()))
    }

    /// Completes even if the caller has closed its connection.
    async fn forward(&self, head: http::request::Parts, body: Bytes) -> Response<Bytes> {
        self.state.lock().unwrap().in_flight += 1;
        let proxy = self.clone();
        let forwarding = tokio::spawn(async move {
            let mut request = Request::from_parts(head, Full::new(body));
            let path = request.uri().path().to_owned();
            let uri: Uri = format!("http://{}{path}", proxy.database).parse().unwrap();
            let host = HeaderValue::try_from(proxy.database.to_string()).unwrap();
            *request.uri_mut() = uri;
            request.headers_mut().insert(header::HOST, host);
            let (mut head, body) = proxy.client.request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            proxy.state.lock().unwrap().in_flight -= 1;
            // The body that the caller gets may have another length.
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.remove(header::TRANSFER_ENCODING);
            Response::from_parts(head, body)
        });
        forwarding.await.unwrap()
    }
}

/// Numbers a store call whose name is already recorded.
fn unique_name(name: &str, recorded: &[RecordedCall]) -> String {
    let is_taken = |name: &str| recorded.iter().any(|call| call.name == name);
    let mut number = 1;
    let mut unique = name.to_owned();
    while is_taken(&unique) {
        number += 1;
        unique = format!("{name} ({number})");
    }
    unique
}
