//! The event of the table's stream: any JSON is refused as a whole, or its new items are handled in
//! order up to the first failure, which the answer names.

#![no_main]

use std::{cell::RefCell, future::ready};

use latchkey_fuzz::block_on;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use shared::{
    store::keys::MAIL_PREFIX,
    stream::{NewItem, StreamEvent},
};

fuzz_target!(|input: &[u8]| {
    let Some((failing, input)) = input.split_first() else {
        return;
    };
    // Lambda brings nothing but JSON.
    let Ok(json) = serde_json::from_slice::<Value>(input) else {
        return;
    };
    let Ok(event) = serde_json::from_slice::<StreamEvent>(input) else {
        return;
    };
    let handled = RefCell::new(Vec::new());
    let handle = |item: NewItem| {
        let mut handled = handled.borrow_mut();
        let fails = handled.len() == usize::from(*failing);
        handled.push((item.pk, item.sk));
        ready(if fails { Err(()) } else { Ok(()) })
    };
    let response = block_on(event.each_new_item(MAIL_PREFIX, handle));

    let wanted = new_items(&json);
    let failed = wanted.get(usize::from(*failing));
    let count = failed.map_or(wanted.len(), |_| usize::from(*failing) + 1);
    let keys = wanted.iter().map(|(key, _)| key.clone());
    assert!(handled.into_inner().into_iter().eq(keys.take(count)));
    let named = failed.map(|(_, number)| json!({ "itemIdentifier": number }));
    let expected = json!({ "batchItemFailures": named.into_iter().collect::<Vec<_>>() });
    assert_eq!(json!(response), expected);
});

/// A second reading: keys and sequence numbers.
fn new_items(event: &Value) -> Vec<((String, String), String)> {
    let records = field(event, "Records", 0).as_array().unwrap();
    let items = records.iter().filter_map(|record| {
        let change = field(record, "dynamodb", 1);
        let keys = field(change, "Keys", 0);
        let [pk, sk] = [("pk", 0), ("sk", 1)].map(|(name, place)| {
            let key = field(keys, name, place);
            text(field(key, "S", 0))
        });
        let is_new = text(field(record, "eventName", 0)) == "INSERT";
        let number = text(field(change, "SequenceNumber", 1));
        (is_new && sk.starts_with("MAIL#")).then_some(((pk, sk), number))
    });
    items.collect()
}

/// Serde reads a list for an object, too.
fn field<'v>(value: &'v Value, name: &str, place: usize) -> &'v Value {
    value.get(name).or_else(|| value.get(place)).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
