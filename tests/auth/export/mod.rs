//! `GET me/export`: everything of a user, in pages of at most a megabyte.

mod access;
mod content;
mod cursors;
mod pages;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Item, Reply, Server, User, percent_encoded};

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

fn id(item: &Value) -> &str {
    item["id"].as_str().unwrap()
}

/// All items, page by page.
async fn export(server: &Server, token: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let reply = page(server, token, cursor.as_deref()).await;
        pages.push(items(&reply).to_vec());
        assert!(pages.len() <= 100, "the cursors form a loop");
        match reply.next_cursor() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return pages,
        }
    }
}

/// The item without its kind.
fn fields(item: &Value) -> Value {
    let mut fields = item.clone();
    fields.as_object_mut().unwrap().remove("kind");
    fields
}

/// Writes tasks into the table, as the product would have: each with one of the descriptions. Returns
/// their ids, in order.
async fn write_tasks(server: &Server, user: &User, descriptions: &[String]) -> Vec<String> {
    let body = json!({"title": "One of many", "due_date": "2026-12-31", "tags": ["x"]});
    let model = server.create_task(user, &body).await.task_id();
    let sort_key = format!("TASK#{model}");
    let model = item_at(server, &sort_key).await;
    let ids = ids_before(server, descriptions.len());
    let tasks = ids.iter().zip(descriptions).map(|(id, description)| {
        let mut item = model.clone();
        for (name, value) in [
            ("sk", format!("TASK#{id}")),
            ("id", id.clone()),
            ("due_key", format!("N#{id}")),
            ("description", description.clone()),
        ] {
            item.insert(name.to_owned(), text(value));
        }
        item
    });
    write(server, &tasks.collect::<Vec<_>>()).await;
    ids
}

/// Writes log entries into the table, like that of the sign-up. They expire at that second.
async fn write_log(server: &Server, user: &User, count: usize, expires_at: i64) -> Vec<String> {
    let keys = server.log_keys().await;
    let own = keys.iter().find(|key| key.contains(&user.id)).unwrap();
    let model = item_at(server, own.split(' ').nth(1).unwrap()).await;
    let ids = ids_before(server, count);
    let entries = ids.iter().map(|id| {
        let mut item = model.clone();
        item.insert("sk".to_owned(), text(format!("LOG#{id}")));
        item.insert("id".to_owned(), text(id.clone()));
        item.insert(
            "expires_at".to_owned(),
            AttributeValue::N(expires_at.to_string()),
        );
        item
    });
    write(server, &entries.collect::<Vec<_>>()).await;
    ids
}

async fn item_at(server: &Server, sort_key: &str) -> Item {
    let items = server.items().await;
    let found = items
        .into_iter()
        .find(|item| item["sk"] == text(sort_key.to_owned()));
    found.unwrap()
}

/// The ids of the last so many milliseconds.
fn ids_before(server: &Server, count: usize) -> Vec<String> {
    let now = u64::try_from(server.now_seconds()).unwrap() * 1_000;
    let ids = (0..count).map(|n| {
        let millis = now - u64::try_from(count - n).unwrap();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]);
        id.into_uuid().to_string()
    });
    ids.collect()
}

async fn write(server: &Server, items: &[Item]) {
    for batches in items.chunks(25 * 8) {
        join_all(batches.chunks(25).map(|batch| server.put_all(batch))).await;
    }
}

fn text(text: String) -> AttributeValue {
    AttributeValue::S(text)
}
