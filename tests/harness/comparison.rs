//! Compares answers that must not tell anything apart.

use super::{Reply, Server};

/// All of an answer that tells one call from another: its status, its headers and its body without the
/// request id and the time.
#[derive(Debug, PartialEq, Eq)]
pub struct Comparable {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
}

/// An answer, and what the store was asked for on its way.
#[derive(Debug, PartialEq, Eq)]
pub struct Trail {
    pub answer: Comparable,
    pub operations: Vec<String>,
    pub round_trips: usize,
}

impl Reply {
    pub fn comparable(&self) -> Comparable {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| {
                !["x-request-id", "apigw-requestid", "date"].contains(&name.as_str())
            })
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        let id = self.header("x-request-id").unwrap();
        Comparable {
            status: self.status,
            headers,
            text: self.text.replace(id, ""),
        }
    }
}

impl Server {
    /// The trail of one call, which must be the only one at that time.
    pub async fn trail(&self, call: super::Call) -> Trail {
        self.traffic.reset();
        let reply = call.send().await;
        Trail {
            answer: reply.comparable(),
            operations: self.traffic.operations(),
            round_trips: self.traffic.round_trips(),
        }
    }
}
