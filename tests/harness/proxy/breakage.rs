//! The ways in which a store fails, as its caller meets them.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{Response, StatusCode};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use serde_json::{Value, json};
use tokio::time::{Sleep, sleep};

use super::store_call::StoreCall;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    Refused,
    Throttled,
    Failing,
    Unheard,
    Unanswered,
    InConflict,
    InProgress,
    HandedBack,
    Truncated,
    Slow,
}

impl Breakage {
    pub const ALL: [Self; 10] = [
        Self::Refused,
        Self::Throttled,
        Self::Failing,
        Self::Unheard,
        Self::Unanswered,
        Self::InConflict,
        Self::InProgress,
        Self::HandedBack,
        Self::Truncated,
        Self::Slow,
    ];

    /// The heading of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::Failing => "500",
            Self::Unheard => "time-out before",
            Self::Unanswered => "time-out after",
            Self::InConflict => "conflict",
            Self::InProgress => "in progress",
            Self::HandedBack => "handed back",
            Self::Truncated => "cut off",
            Self::Slow => "slow",
        }
    }

    /// Reads meet no conflict, and `DynamoDB` tells none of a batch.
    pub fn can_meet(self, store_call: &str) -> bool {
        let is_one_of =
            |operations: &[&str]| operations.iter().any(|it| store_call.starts_with(it));
        match self {
            Self::InConflict => !is_one_of(&["BatchGetItem", "BatchWriteItem", "GetItem", "Query"]),
            Self::InProgress => is_one_of(&["TransactWriteItems"]),
            Self::HandedBack => is_one_of(&["BatchGetItem", "BatchWriteItem"]),
            _ => true,
        }
    }

    /// How many requests of a store call one of it breaks: as many as the SDK makes without an answer to
    /// tell the first of them.
    pub fn spoils(self) -> usize {
        if self == Self::InProgress { 3 } else { 1 }
    }

    /// Of which request of a store call.
    pub fn has_an_effect(self, number: usize) -> bool {
        match self {
            Self::Unanswered | Self::Truncated | Self::Slow => true,
            Self::InProgress => number == 0,
            _ => false,
        }
    }

    /// What the store says instead of doing it, where it says anything.
    pub fn refusal(
        self,
        call: &StoreCall,
        request: &[u8],
        number: usize,
    ) -> Option<Response<Told>> {
        let (status, body) = match self {
            Self::Throttled => (
                StatusCode::BAD_REQUEST,
                of_type(
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded.",
                ),
            ),
            Self::Failing => (
                StatusCode::INTERNAL_SERVER_ERROR,
                of_type("InternalServerError", "Internal server error"),
            ),
            Self::InConflict if call.is_transaction() => {
                (StatusCode::BAD_REQUEST, cancelled(request))
            }
            Self::InConflict if call.is_single_write() => (
                StatusCode::BAD_REQUEST,
                of_type(
                    "TransactionConflictException",
                    "Transaction is ongoing for the item",
                ),
            ),
            Self::InProgress if number > 0 => (
                StatusCode::BAD_REQUEST,
                of_type(
                    "TransactionInProgressException",
                    "The transaction with the given request token is already in progress.",
                ),
            ),
            _ => return None,
        };
        let mut response = Response::new(Told::whole(body.to_string().into()));
        *response.status_mut() = status;
        let json = http::HeaderValue::from_static("application/x-amz-json-1.0");
        response.headers_mut().insert("content-type", json);
        Some(response)
    }
}

fn of_type(name: &str, message: &str) -> Value {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": message})
}

/// By a conflict on the first of its items.
fn cancelled(request: &[u8]) -> Value {
    let request: Value = serde_json::from_slice(request).unwrap();
    let items = request["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![json!({"Code": "None"}); items];
    reasons[0] = json!({
        "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item",
    });
    let mut body = of_type(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons",
    );
    body["CancellationReasons"] = json!(reasons);
    body
}

const BETWEEN_BYTES: Duration = Duration::from_millis(200);
/// So that even the shortest answer, told slowly, takes longer than an attempt may.
const SHORTEST_SLOW_ANSWER: usize = 10;
/// What was told has left before the connection ends.
const BEFORE_THE_CUT: Duration = Duration::from_millis(10);

/// The body of an answer: told whole, by the byte, or with its second half missing.
#[derive(Debug)]
pub struct Told {
    rest: Bytes,
    manner: Manner,
}

#[derive(Debug)]
enum Manner {
    Whole,
    ByTheByte(Pin<Box<Sleep>>),
    CutTo { half: usize },
    Cut(Pin<Box<Sleep>>),
}

impl Told {
    pub fn whole(rest: Bytes) -> Self {
        let manner = Manner::Whole;
        Self { rest, manner }
    }

    pub fn by_the_byte(body: &[u8]) -> Self {
        let mut padded = vec![b' '; SHORTEST_SLOW_ANSWER.saturating_sub(body.len())];
        padded.extend_from_slice(body);
        Self {
            rest: padded.into(),
            manner: Manner::ByTheByte(Box::pin(sleep(BETWEEN_BYTES))),
        }
    }

    pub fn cut_off(rest: Bytes) -> Self {
        let half = rest.len() / 2;
        Self {
            rest,
            manner: Manner::CutTo { half },
        }
    }
}

impl Body for Told {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = match &mut self.manner {
            Manner::Whole => self.rest.len(),
            Manner::ByTheByte(pause) => {
                ready!(pause.as_mut().poll(context));
                *pause = Box::pin(sleep(BETWEEN_BYTES));
                1
            }
            Manner::CutTo { half } => {
                let half = *half;
                self.manner = Manner::Cut(Box::pin(sleep(BEFORE_THE_CUT)));
                half
            }
            Manner::Cut(pause) => {
                ready!(pause.as_mut().poll(context));
                return Poll::Ready(Some(Err(io::Error::other("cut off"))));
            }
        };
        let told = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(told))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
