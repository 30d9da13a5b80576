//! One call on a table of one size, and what was seen of it.

use std::{rc::Rc, time::Duration};

use bench::{PASSWORD, Service};
use serde_json::{Value, json};

use crate::table::Table;

pub struct Subject {
    pub name: &'static str,
    /// How many of what the call is about lie in the table.
    pub size: usize,
    table: Rc<Table>,
    asks: Asks,
    pub seen: Seen,
}

/// One after the other, and from the beginning again.
pub enum Asks {
    Get { token: String, path: String },
    Login { emails: Vec<String> },
    Me { tokens: Vec<String> },
}

#[derive(Default)]
pub struct Seen {
    pub times: Vec<Duration>,
    pub requests: Vec<usize>,
    /// Of all answers of the store to one call.
    pub bytes: Vec<usize>,
    /// Of a list: how many are in the answer.
    pub listed: Option<usize>,
    /// Of logins: what they were answered with.
    pub tokens: Vec<String>,
}

impl Subject {
    pub fn new(name: &'static str, size: usize, table: &Rc<Table>, asks: Asks) -> Self {
        Self {
            name,
            size,
            table: Rc::clone(table),
            asks,
            seen: Seen::default(),
        }
    }

    pub async fn time(&mut self, turn: usize) {
        let (answer, time) = self.ask(&self.table.timed, turn).await;
        self.seen.times.push(time);
        self.seen.listed = answer["items"].as_array().map(Vec::len);
        if let Some(token) = answer["session"]["token"].as_str() {
            self.seen.tokens.push(token.to_owned());
        }
    }

    pub async fn count(&mut self, turn: usize) {
        let door = &self.table.door;
        let (requests, bytes) = (door.requests(), door.answer_bytes());
        self.ask(&self.table.counted, turn).await;
        self.seen.requests.push(door.requests() - requests);
        self.seen.bytes.push(door.answer_bytes() - bytes);
    }

    pub async fn ask(&self, service: &Service, turn: usize) -> (Value, Duration) {
        let (status, answer, time) = match &self.asks {
            Asks::Get { token, path } => service.get(token, path).await,
            Asks::Login { emails } => {
                let email = &emails[turn % emails.len()];
                let body = json!({"email": email, "password": PASSWORD});
                service.post("/api/auth/login", &body).await
            }
            Asks::Me { tokens } => {
                let token = &tokens[turn % tokens.len()];
                service.get(token, "/api/auth/me").await
            }
        };
        assert_eq!(status, 200, "{}: {answer}", self.name);
        (answer, time)
    }

    /// Before anything is timed: connections are open then.
    pub async fn warm_up(&self) {
        for service in [&self.table.counted, &self.table.timed] {
            self.ask(service, 0).await;
        }
    }
}
