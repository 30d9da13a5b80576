//! A batch that the store processes only in part, as `DynamoDB` does under load
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>).

use serde_json::{Value, json};

pub struct SplitBatch {
    /// The batch without its last write or key. None if that was the only one.
    pub processed: Option<Value>,
    pub unprocessed: Value,
}

pub fn split(request: &[u8]) -> SplitBatch {
    let mut request: Value = serde_json::from_slice(request).unwrap();
    let tables = request["RequestItems"].as_object_mut().unwrap();
    let (table, entries) = tables.iter_mut().next().unwrap();
    let mut rest = entries.clone();
    let last = list(entries).pop().unwrap();
    *list(&mut rest) = vec![last];
    let unprocessed = json!({ table: rest });
    let is_empty = list(entries).is_empty();
    SplitBatch {
        processed: (!is_empty).then_some(request),
        unprocessed,
    }
}

/// The response to a batch write or a batch read. The SDK ignores the field of the other kind.
pub fn response(processed: Option<&[u8]>, unprocessed: &Value) -> Value {
    let empty = || json!({"Responses": {}});
    let mut response = processed.map_or_else(empty, |processed| {
        serde_json::from_slice(processed).unwrap()
    });
    for field in ["UnprocessedItems", "UnprocessedKeys"] {
        response[field] = unprocessed.clone();
    }
    response
}

fn list(entries: &mut Value) -> &mut Vec<Value> {
    match entries {
        Value::Array(writes) => writes,
        read => read["Keys"].as_array_mut().unwrap(),
    }
}
