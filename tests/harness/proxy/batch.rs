//! A batch of which the store does a part and hands the rest back, as `DynamoDB` does when it is short of time.

use serde_json::{Value, json};

pub struct Parted {
    /// The batch without its last write or key, unless that was the only one.
    pub done: Option<Value>,
    pub handed_back: Value,
}

pub fn part(request: &[u8]) -> Parted {
    let mut request: Value = serde_json::from_slice(request).unwrap();
    let tables = request["RequestItems"].as_object_mut().unwrap();
    let (table, wanted) = tables.iter_mut().next().unwrap();
    let mut rest = wanted.clone();
    let last = list(wanted).pop().unwrap();
    *list(&mut rest) = vec![last];
    let handed_back = json!({ table: rest });
    let is_empty = list(wanted).is_empty();
    Parted {
        done: (!is_empty).then_some(request),
        handed_back,
    }
}

/// The answer of a batch that writes, or of one that reads: each knows its own field alone.
pub fn answer(done: Option<&[u8]>, handed_back: &Value) -> Value {
    let nothing = || json!({"Responses": {}});
    let mut answer = done.map_or_else(nothing, |done| serde_json::from_slice(done).unwrap());
    for field in ["UnprocessedItems", "UnprocessedKeys"] {
        answer[field] = handed_back.clone();
    }
    answer
}

fn list(wanted: &mut Value) -> &mut Vec<Value> {
    match wanted {
        Value::Array(writes) => writes,
        read => read["Keys"].as_array_mut().unwrap(),
    }
}
