//! One call on a table of one size, and its samples.

use std::{rc::Rc, time::Duration};

use bench::{
    service::{Request, Response, Service},
    statistics::interleaved,
};

use crate::tables::Table;

/// Numbers of requests and bytes hardly differ between calls.
const COUNTED_CALLS: usize = 5;

pub struct Case {
    pub call: &'static str,
    /// Number of tasks or accounts, depending on the call.
    pub size: usize,
    table: Rc<Table>,
    /// Sent in turn.
    requests: Vec<Request>,
    pub times: Vec<Duration>,
    /// Per call.
    pub store_requests: Vec<usize>,
    pub bytes_from_store: Vec<usize>,
    /// Number of items in the response of a list.
    pub listed: Option<usize>,
    /// From the responses of logins.
    pub tokens: Vec<String>,
}

impl Case {
    pub fn new(call: &'static str, size: usize, table: &Rc<Table>, requests: Vec<Request>) -> Self {
        Self {
            call,
            size,
            table: Rc::clone(table),
            requests,
            times: Vec::new(),
            store_requests: Vec::new(),
            bytes_from_store: Vec::new(),
            listed: None,
            tokens: Vec::new(),
        }
    }

    async fn send(&self, service: &Service, round: usize) -> Response {
        let request = &self.requests[round % self.requests.len()];
        let response = service.send(request).await;
        assert_eq!(response.status, 200, "{}: {}", self.call, response.body);
        response
    }

    async fn count(&mut self, round: usize) {
        let proxy = &self.table.proxy;
        let before = (proxy.requests(), proxy.response_bytes());
        self.send(&self.table.counted, round).await;
        self.store_requests.push(proxy.requests() - before.0);
        self.bytes_from_store
            .push(proxy.response_bytes() - before.1);
    }

    async fn time(&mut self, round: usize) {
        let response = self.send(&self.table.timed, round).await;
        self.times.push(response.time);
        self.listed = response.body["items"].as_array().map(Vec::len);
        let token = response.body["session"]["token"].as_str();
        self.tokens.extend(token.map(str::to_owned));
    }
}

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
    for (turn, index) in interleaved(cases.len(), rounds).enumerate() {
        let round = turn / cases.len();
        cases[index].time(round).await;
    }
}
