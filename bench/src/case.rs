//! Requests of one kind, and how the product answered them.

use std::{rc::Rc, time::Duration};

use crate::{
    service::{Request, Response, Service},
    statistics::interleaved,
    store_proxy::StoreProxy,
};

/// Numbers of requests and bytes hardly differ between calls.
const COUNTED_CALLS: usize = 5;

/// One table with two instances of the product.
pub struct Table {
    /// Without the proxy, which would cost time.
    pub timed: Service,
    counted: Service,
    proxy: StoreProxy,
}

impl Table {
    pub async fn open() -> Rc<Self> {
        let timed = Service::start().await;
        let proxy = StoreProxy::open(timed.store, None).await;
        Rc::new(Self {
            counted: timed.behind(&proxy).await,
            timed,
            proxy,
        })
    }
}

pub struct Case {
    pub label: String,
    table: Rc<Table>,
    /// Sent in turn.
    requests: Vec<Request>,
    status: u16,
    /// To the timed calls.
    pub responses: Vec<Response>,
    /// Of each counted call.
    pub store_requests: Vec<u64>,
    pub bytes_from_store: Vec<u64>,
}

impl Case {
    /// Each response must have `status`.
    pub fn new(label: String, table: &Rc<Table>, requests: Vec<Request>, status: u16) -> Self {
        Self {
            label,
            table: Rc::clone(table),
            requests,
            status,
            responses: Vec::new(),
            store_requests: Vec::new(),
            bytes_from_store: Vec::new(),
        }
    }

    pub fn times(&self) -> Vec<Duration> {
        let times = self.responses.iter().map(|response| response.time);
        times.collect()
    }

    async fn send(&self, service: &Service, round: usize) -> Response {
        let request = &self.requests[round % self.requests.len()];
        service.send(request, self.status).await
    }

    async fn count(&mut self, round: usize) {
        let proxy = &self.table.proxy;
        let (requests, bytes) = (proxy.requests(), proxy.response_bytes());
        self.send(&self.table.counted, round).await;
        self.store_requests.push(proxy.requests() - requests);
        self.bytes_from_store.push(proxy.response_bytes() - bytes);
    }
}

/// All cases take turns.
pub async fn measure(cases: &mut [Case], rounds: usize) {
    for case in &mut *cases {
        // Opens connections.
        for service in [&case.table.counted, &case.table.timed] {
            case.send(service, 0).await;
        }
        for round in 0..COUNTED_CALLS.min(rounds) {
            case.count(round).await;
        }
    }
    for index in interleaved(cases.len(), rounds) {
        let case = &mut cases[index];
        let round = case.responses.len();
        let response = case.send(&case.table.timed, round).await;
        case.responses.push(response);
    }
}
