//! `GET me/export`: everything of a user, in pages of at most a megabyte.

mod content;

use serde_json::Value;

use crate::harness::{Reply, Server, percent_encoded};

const PATH: &str = "/api/auth/me/export";
const LARGEST_BODY: usize = 1_000_000;

/// `query` has no question mark.
async fn request_page(server: &Server, token: &str, query: &str) -> Reply {
    let mark = if query.is_empty() { "" } else { "?" };
    let call = server.get(&format!("{PATH}{mark}{query}"));
    call.bearer(token).send().await
}

async fn page(server: &Server, token: &str, cursor: Option<&str>) -> Reply {
    let query = cursor.map(|cursor| format!("cursor={}", percent_encoded(cursor)));
    let reply = request_page(server, token, &query.unwrap_or_default()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    assert!(reply.text.len() <= LARGEST_BODY, "{}", reply.text.len());
    assert_eq!(reply.body.as_object().unwrap().len(), 2);
    let opening = r#"{"items":["#;
    assert!(reply.text.starts_with(opening), "{}", reply.text);
    for item in items(&reply) {
        assert!(item["kind"].is_string(), "{item}");
    }
    reply
}

fn items(reply: &Reply) -> &[Value] {
    reply.body["items"].as_array().unwrap()
}

fn of_kind<'a>(items: &'a [Value], kind: &str) -> Vec<&'a Value> {
    items.iter().filter(|item| item["kind"] == kind).collect()
}

fn kinds(items: &[Value]) -> Vec<&str> {
    let kinds = items.iter().map(|item| item["kind"].as_str().unwrap());
    kinds.collect()
}

/// The item without its kind.
fn fields(item: &Value) -> Value {
    let mut fields = item.clone();
    fields.as_object_mut().unwrap().remove("kind");
    fields
}
