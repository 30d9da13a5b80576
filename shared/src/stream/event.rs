//! The events of a DynamoDB stream, and the answer that names what must be repeated:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The new items of a batch, in the order of their writes.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(rename = "eventName")]
    event_name: String,
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    keys: Key,
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Key {
    pk: Text,
    sk: Text,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// A key may hold an e-mail.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(..)")
    }
}

impl fmt::Debug for NewItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewItem(..)")
    }
}

/// The key of an item that was written for the first time.
#[derive(Clone, PartialEq, Eq)]
pub struct NewItem {
    pub pk: String,
    pub sk: String,
}

/// The records from the first failure on are sent again. Without one the whole batch is done.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    pub batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// A sequence number.
    pub item_identifier: String,
}

impl StreamEvent {
    /// Handles new items whose sort key has the prefix, one after the other, up to the first that
    /// fails. The filter in the template lets through no others, but is no part of the code.
    pub async fn each_new_item<E, F>(
        self,
        prefix: &str,
        handle: impl Fn(NewItem) -> F,
    ) -> BatchResponse
    where
        F: Future<Output = Result<(), E>>,
    {
        for record in self.records {
            let Change {
                keys: Key { pk, sk },
                sequence_number,
            } = record.dynamodb;
            if record.event_name != "INSERT" || !sk.text.starts_with(prefix) {
                continue;
            }
            let item = NewItem {
                pk: pk.text,
                sk: sk.text,
            };
            if handle(item).await.is_err() {
                return BatchResponse {
                    batch_item_failures: vec![BatchItemFailure {
                        item_identifier: sequence_number,
                    }],
                };
            }
        }
        BatchResponse::default()
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, future};

    use serde_json::{Value, json};

    use super::*;

    fn event(records: &[(&str, &str, u32)]) -> StreamEvent {
        let record = |(name, sk, number): &(&str, &str, u32)| {
            json!({
                "eventName": name,
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "Keys": {"pk": {"S": "USER#1"}, "sk": {"S": sk}},
                    "SequenceNumber": number.to_string(),
                    "StreamViewType": "KEYS_ONLY",
                },
            })
        };
        let records: Vec<Value> = records.iter().map(record).collect();
        serde_json::from_value(json!({ "Records": records })).unwrap()
    }

    fn run(event: StreamEvent, failing: &str) -> (Vec<String>, Value) {
        let handled = RefCell::new(Vec::new());
        let handle = |item: NewItem| {
            let failed = item.sk == failing;
            handled.borrow_mut().push(item.sk);
            future::ready(if failed { Err(()) } else { Ok(()) })
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let response = runtime.block_on(event.each_new_item("MAIL#", handle));
        (handled.into_inner(), json!(response))
    }

    #[test]
    fn only_new_items_with_the_prefix_are_handled() {
        let event = event(&[
            ("INSERT", "MAIL#1", 1),
            ("MODIFY", "MAIL#2", 2),
            ("REMOVE", "MAIL#3", 3),
            ("INSERT", "LOG#4", 4),
            ("INSERT", "MAIL#5", 5),
        ]);
        let (handled, response) = run(event, "none");
        assert_eq!(handled, ["MAIL#1", "MAIL#5"]);
        assert_eq!(response, json!({"batchItemFailures": []}));
    }

    #[test]
    fn the_first_failure_ends_the_batch_and_is_named() {
        let event = event(&[
            ("INSERT", "MAIL#1", 7),
            ("INSERT", "MAIL#2", 8),
            ("INSERT", "MAIL#3", 9),
        ]);
        let (handled, response) = run(event, "MAIL#2");
        assert_eq!(handled, ["MAIL#1", "MAIL#2"]);
        let failure = json!({"batchItemFailures": [{"itemIdentifier": "8"}]});
        assert_eq!(response, failure);
    }
}
