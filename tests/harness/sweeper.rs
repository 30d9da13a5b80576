//! Calls the function `sweeper` as the table's stream does.

use serde_json::{Value, json};

use super::Server;

impl Server {
    /// The event of every deletion that has begun and whose item is still there.
    pub async fn begun_deletions(&self) -> Value {
        let keys = self.all_keys().await;
        let keys = keys.iter().filter_map(|key| key.split_once(" SWEEP#"));
        stream_event(
            keys.map(|(pk, id)| ("INSERT".to_owned(), pk.to_owned(), format!("SWEEP#{id}"))),
        )
    }

    /// Calls the sweeper for every deletion that has begun. It must finish all of them.
    pub async fn sweep(&self) {
        let event = self.begun_deletions().await;
        assert_eq!(
            self.call_sweeper(event).await,
            json!({"batchItemFailures": []})
        );
    }

    pub async fn call_sweeper(&self, event: Value) -> Value {
        self.functions.invoke("sweeper", event).await.unwrap()
    }
}

/// The record of the deletion of one account, whether or not its item is still there.
pub fn begun_deletion(user_id: &str) -> Value {
    let partition = format!("USER#{user_id}");
    stream_event([("INSERT".to_owned(), partition, "SWEEP#1".to_owned())])
}

/// An event of records with their name, partition key and sort key, numbered from 1.
pub fn stream_event(records: impl IntoIterator<Item = (String, String, String)>) -> Value {
    let records: Vec<Value> = records
        .into_iter()
        .zip(1_u32..)
        .map(|((name, pk, sk), number)| {
            json!({
                "eventID": number.to_string(),
                "eventName": name,
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
                    "SequenceNumber": number.to_string(),
                    "StreamViewType": "KEYS_ONLY",
                },
            })
        })
        .collect();
    json!({ "Records": records })
}
