//! A call without a fault, made twice: what the cells of its rows are held to.

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

pub struct Clean {
    pub first: Answered,
    pub second: Answered,
}

/// What a call is answered with, and what it leaves behind.
pub struct Answered {
    pub status: u16,
    pub body: Value,
    pub state: State,
}

impl Clean {
    /// On a busy machine it may take more than one try.
    pub async fn run(case: &Case, fixture: &Fixture) -> Self {
        loop {
            if let Some(clean) = Self::try_run(case, fixture).await {
                return clean;
            }
        }
    }

    /// None where the time that a call is allowed did not do.
    async fn try_run(case: &Case, fixture: &Fixture) -> Option<Self> {
        let (server, proxy) = fixture.server().await;
        proxy.clear();
        let first = Answered::to(case, fixture, &server).await;
        if first.status == 503 {
            return None;
        }
        let mut made = proxy.store_calls();
        made.sort();
        let mut documented = case.store_calls.to_vec();
        documented.sort_unstable();
        assert_eq!(made, documented, "the store calls of {}", case.name);
        let second = Answered::to(case, fixture, &server).await;
        (second.status != 503).then_some(Self { first, second })
    }
}

impl Answered {
    async fn to(case: &Case, fixture: &Fixture, server: &Server) -> Self {
        let reply = (case.make)(server, fixture).send().await;
        Self {
            status: reply.status,
            body: without_what_is_random(&reply),
            state: State::of(&server.items().await),
        }
    }

    #[track_caller]
    pub fn assert_said_by(&self, reply: &Reply) {
        assert_eq!(reply.status, self.status, "{}", reply.text);
        assert_eq!(without_what_is_random(reply), self.body);
    }
}

fn without_what_is_random(reply: &Reply) -> Value {
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
