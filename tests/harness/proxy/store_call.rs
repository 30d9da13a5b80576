//! The name of a store request in the terms of `docs/data-model.md`.

use http::HeaderMap;
use serde_json::Value;

#[derive(Debug)]
pub struct StoreCall {
    /// The same for every retry by the SDK and by the product.
    pub id: String,
    pub name: String,
}

impl StoreCall {
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| {
            let value = headers.get(name).map(|value| value.to_str().unwrap());
            value.unwrap_or_default().to_owned()
        };
        let body: Value = serde_json::from_slice(body).unwrap();
        let transaction = body["ClientRequestToken"].as_str().map(str::to_owned);
        let target = text("x-amz-target");
        let operation = target.rsplit('.').next().unwrap_or_default();
        Self {
            id: transaction.unwrap_or_else(|| text("amz-sdk-invocation-id")),
            name: match subject(operation, &body) {
                None => operation.to_owned(),
                Some(subject) => format!("{operation} {subject}"),
            },
        }
    }

    pub fn is_transaction(&self) -> bool {
        self.name.starts_with("TransactWriteItems")
    }

    /// Whether `DynamoDB` can reject it while a transaction works on the same item.
    pub fn is_single_write(&self) -> bool {
        ["PutItem", "UpdateItem", "DeleteItem"]
            .iter()
            .any(|operation| self.name.starts_with(operation))
    }
}

fn subject(operation: &str, body: &Value) -> Option<String> {
    match operation {
        "GetItem" | "UpdateItem" | "DeleteItem" => Some(kind(&body["Key"]).to_owned()),
        "PutItem" => Some(kind(&body["Item"]).to_owned()),
        "TransactWriteItems" => Some(kinds(&body["TransactItems"]).join(", ")),
        "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().unwrap();
            let mut kinds = kinds(tables.values().next().unwrap());
            // The number of items of one kind varies.
            kinds.dedup();
            Some(kinds.join(", "))
        }
        "Query" => Some(range(body).to_owned()),
        _ => None,
    }
}

fn kinds(writes: &Value) -> Vec<&'static str> {
    let writes = writes.as_array().unwrap().iter();
    let kinds = writes.map(|write| {
        let write = write.as_object().unwrap().values().next().unwrap();
        let key = write.get("Key").or_else(|| write.get("Item"));
        kind(key.unwrap())
    });
    kinds.collect()
}

fn kind(key: &Value) -> &'static str {
    let text = |name: &str| key[name]["S"].as_str().unwrap();
    let known = [
        ("LIMIT#LOGIN_FAILURES#", "failures"),
        ("LIMIT#DEVICE_FAILURES#", "failures"),
        ("LIMIT#SESSION_FAILURES#", "failures"),
        ("LIMIT#LOGIN#", "counter"),
        ("LIMIT#SIGNUP#", "counter"),
        ("LIMIT#REFRESH#", "counter"),
        ("LIMIT#RENAMING#", "counter"),
        ("LIMIT#PASSWORD_CHANGE#", "counter"),
        ("LIMIT#ENDING_OTHERS#", "counter"),
        ("LIMIT#LINKS#", "counter"),
        ("EMAIL#", "e-mail claim"),
        ("USERNAME#", "username claim"),
        ("ACCOUNT", "account"),
        ("DEVICE#", "session"),
        ("SESSION#", "ended session"),
        ("TOKEN#", "traded-in token"),
        ("LOG#", "log entry"),
        ("TASK#", "task"),
        ("COUNT", "task count"),
        ("IDEMPOTENCY#", "record"),
        ("SWEEP#", "sweep"),
        ("MAIL#", "mail"),
        ("LINK#", "ticket"),
        ("DECOY#", "decoy"),
    ];
    let found = known
        .iter()
        .find(|(prefix, _)| text("pk").starts_with(prefix) || text("sk").starts_with(prefix));
    found.map_or("something else", |(_, kind)| kind)
}

fn range(query: &Value) -> &'static str {
    let values = query["ExpressionAttributeValues"].as_object().unwrap();
    let begins_with = |prefix: &str| {
        let mut texts = values.values().filter_map(|value| value["S"].as_str());
        texts.any(|text| text.starts_with(prefix))
    };
    let known = [
        ("DEVICE#", "sessions"),
        ("LOG#", "log"),
        ("TASK#", "tasks"),
        ("D#", "tasks due"),
        ("N#", "tasks without a date"),
        ("TASKS#", "all tasks of the user"),
    ];
    let found = known.iter().find(|(prefix, _)| begins_with(prefix));
    found.map_or("all of the user", |(_, range)| range)
}
