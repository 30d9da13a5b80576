//! The kinds of store failure that a client of `DynamoDB` can see.

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
pub enum StoreFault {
    Refused,
    Throttled,
    InternalError,
    TimeoutBefore,
    TimeoutAfter,
    Conflict,
    InProgress,
    Unprocessed,
    Truncated,
    Slow,
}

impl StoreFault {
    pub const ALL: [Self; 10] = [
        Self::Refused,
        Self::Throttled,
        Self::InternalError,
        Self::TimeoutBefore,
        Self::TimeoutAfter,
        Self::Conflict,
        Self::InProgress,
        Self::Unprocessed,
        Self::Truncated,
        Self::Slow,
    ];

    /// The column heading in `docs/reliability.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::InternalError => "500",
            Self::TimeoutBefore => "time-out before",
            Self::TimeoutAfter => "time-out after",
            Self::Conflict => "conflict",
            Self::InProgress => "in progress",
            Self::Unprocessed => "handed back",
            Self::Truncated => "cut off",
            Self::Slow => "slow",
        }
    }

    /// Reads have no conflicts, and `DynamoDB` reports none for a batch.
    pub fn applies_to(self, store_call: &str) -> bool {
        let is_one_of =
            |operations: &[&str]| operations.iter().any(|it| store_call.starts_with(it));
        match self {
            Self::Conflict => !is_one_of(&["BatchGetItem", "BatchWriteItem", "GetItem", "Query"]),
            Self::InProgress => is_one_of(&["TransactWriteItems"]),
            Self::Unprocessed => is_one_of(&["BatchGetItem", "BatchWriteItem"]),
            _ => true,
        }
    }

    /// The number of requests that a single fault breaks. The SDK sends a transaction three times, so
    /// `InProgress` breaks all three.
    pub fn broken_requests(self) -> usize {
        if self == Self::InProgress { 3 } else { 1 }
    }

    /// Whether the store executes the request with this number of a store call.
    pub fn is_executed(self, number: usize) -> bool {
        match self {
            Self::TimeoutAfter | Self::Truncated | Self::Slow => true,
            Self::InProgress => number == 0,
            _ => false,
        }
    }

    /// The error response of the store. None if the fault is not an error response.
    pub fn error_response(
        self,
        call: &StoreCall,
        request: &[u8],
        number: usize,
    ) -> Option<Response<ResponseBody>> {
        let (status, body) = match self {
            Self::Throttled => (
                StatusCode::BAD_REQUEST,
                error_body(
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded.",
                ),
            ),
            Self::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                error_body("InternalServerError", "Internal server error"),
            ),
            Self::Conflict if call.is_transaction() => {
                (StatusCode::BAD_REQUEST, cancelled(request))
            }
            Self::Conflict if call.is_single_write() => (
                StatusCode::BAD_REQUEST,
                error_body(
                    "TransactionConflictException",
                    "Transaction is ongoing for the item",
                ),
            ),
            Self::InProgress if number > 0 => (
                StatusCode::BAD_REQUEST,
                error_body(
                    "TransactionInProgressException",
                    "The transaction with the given request token is already in progress.",
                ),
            ),
            _ => return None,
        };
        let mut response = Response::new(ResponseBody::whole(body.to_string().into()));
        *response.status_mut() = status;
        let json = http::HeaderValue::from_static("application/x-amz-json-1.0");
        response.headers_mut().insert("content-type", json);
        Some(response)
    }
}

fn error_body(name: &str, message: &str) -> Value {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": message})
}

/// A transaction that a conflict on its first item cancels.
fn cancelled(request: &[u8]) -> Value {
    let request: Value = serde_json::from_slice(request).unwrap();
    let items = request["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![json!({"Code": "None"}); items];
    reasons[0] = json!({
        "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item",
    });
    let mut body = error_body(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons",
    );
    body["CancellationReasons"] = json!(reasons);
    body
}

const PAUSE_BETWEEN_BYTES: Duration = Duration::from_millis(200);
/// Padding makes even the shortest slow response take longer than the attempt time-out.
const SHORTEST_SLOW_BODY: usize = 10;
/// Lets the first half leave before the connection ends.
const PAUSE_BEFORE_CUT: Duration = Duration::from_millis(10);

/// A response body: sent whole, byte by byte, or without its second half.
#[derive(Debug)]
pub struct ResponseBody {
    rest: Bytes,
    delivery: Delivery,
}

#[derive(Debug)]
enum Delivery {
    Whole,
    ByteByByte(Pin<Box<Sleep>>),
    FirstHalf { length: usize },
    CutOff(Pin<Box<Sleep>>),
}

impl ResponseBody {
    pub fn whole(rest: Bytes) -> Self {
        let delivery = Delivery::Whole;
        Self { rest, delivery }
    }

    pub fn byte_by_byte(body: &[u8]) -> Self {
        let mut padded = vec![b' '; SHORTEST_SLOW_BODY.saturating_sub(body.len())];
        padded.extend_from_slice(body);
        Self {
            rest: padded.into(),
            delivery: Delivery::ByteByByte(Box::pin(sleep(PAUSE_BETWEEN_BYTES))),
        }
    }

    pub fn cut_off(rest: Bytes) -> Self {
        let length = rest.len() / 2;
        Self {
            rest,
            delivery: Delivery::FirstHalf { length },
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = match &mut self.delivery {
            Delivery::Whole => self.rest.len(),
            Delivery::ByteByByte(pause) => {
                ready!(pause.as_mut().poll(context));
                *pause = Box::pin(sleep(PAUSE_BETWEEN_BYTES));
                1
            }
            Delivery::FirstHalf { length } => {
                let length = *length;
                self.delivery = Delivery::CutOff(Box::pin(sleep(PAUSE_BEFORE_CUT)));
                length
            }
            Delivery::CutOff(pause) => {
                ready!(pause.as_mut().poll(context));
                return Poll::Ready(Some(Err(io::Error::other("cut off"))));
            }
        };
        let bytes = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
