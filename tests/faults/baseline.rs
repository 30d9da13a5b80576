//! A call without a fault, made twice. The cells of its row are compared with it.

use serde_json::Value;

use super::{calls::Case, fixture::Fixture, state::State};
use crate::harness::{Reply, Server};

const RANDOM: [&str; 7] = [
    "id",
    "user_id",
    "token",
    "request_id",
    "username",
    "next_cursor",
    "x-request-id",
];

pub struct Baseline {
    pub first: Expected,
    pub second: Expected,
}

/// The expected response to a call and the expected state of the table after it.
pub struct Expected {
    pub status: u16,
    pub body: Value,
    pub state: State,
}

impl Baseline {
    /// Repeats the run if a busy machine exceeds the time limit.
    pub async fn run(case: &Case, fixture: &Fixture) -> Self {
        loop {
            if let Some(baseline) = Self::try_run(case, fixture).await {
                return baseline;
            }
        }
    }

    /// None if a call exceeds its time limit.
    async fn try_run(case: &Case, fixture: &Fixture) -> Option<Self> {
        let (server, proxy) = fixture.server().await;
        proxy.clear();
        let first = Expected::from_call(case, fixture, &server).await;
        if first.status == 503 {
            return None;
        }
        let mut actual = proxy.store_calls();
        actual.sort();
        let mut documented = case.store_calls.to_vec();
        documented.sort_unstable();
        assert_eq!(actual, documented, "the store calls of {}", case.name);
        let second = Expected::from_call(case, fixture, &server).await;
        (second.status != 503).then_some(Self { first, second })
    }
}

impl Expected {
    async fn from_call(case: &Case, fixture: &Fixture, server: &Server) -> Self {
        let reply = (case.make)(server, fixture).send().await;
        Self {
            status: reply.status,
            body: without_random_values(&reply),
            state: State::of(&server.items().await),
        }
    }

    #[track_caller]
    pub fn assert_matches(&self, reply: &Reply) {
        assert_eq!(reply.status, self.status, "{}", reply.text);
        assert_eq!(without_random_values(reply), self.body);
    }
}

fn without_random_values(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    mask(&mut body);
    body
}

fn mask(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask),
        Value::Object(fields) => {
            for (name, value) in fields {
                if RANDOM.contains(&name.as_str()) && value.is_string() {
                    *value = Value::from("random");
                } else {
                    mask(value);
                }
            }
        }
        _ => {}
    }
}
