use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Server;

#[tokio::test]
async fn a_task_needs_only_a_title() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.create_task(&user, &json!({"title": "Milk"})).await;
    let id = reply.task_id();
    let expected = json!({
        "id": id,
        "user_id": user.id,
        "title": "Milk",
        "description": null,
        "completed": false,
        "priority": "medium",
        "due_date": null,
        "tags": [],
        "created_at": "2026-11-18T10:00:00.123Z",
        "updated_at": "2026-11-18T10:00:00.123Z",
        "completed_at": null,
        "version": 1,
    });
    assert_eq!(reply.body, expected);
    assert_eq!(
        reply.header("location").unwrap(),
        format!("/api/{}/tasks/{id}", user.id)
    );
    let uuid = Uuid::parse_str(&id).unwrap();
    assert_eq!((uuid.get_version_num(), uuid.to_string()), (7, id.clone()));

    let location = reply.header("location").unwrap();
    let read = server.get(location).bearer(&user.token).send().await;
    read.assert_task(200, 1);
    assert_eq!(read.text, reply.text);
    assert!(read.header("location").is_none());
    assert_eq!(
        server.sort_keys(&user.id, "").await,
        [
            "COUNT",
            &format!("TASK#{id}"),
            "ACCOUNT",
            &format!("DEVICE#{}", user.session_id),
        ]
    );
}

#[tokio::test]
async fn a_task_with_all_fields_is_returned_unchanged() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let request = json!({
        "title": "  Milk  ",
        "description": "two\n\tlitres ",
        "completed": true,
        "priority": "high",
        "due_date": "2026-11-20T18:00:00+01:00",
        "tags": ["shop", "food"],
    });
    let reply = server.create_task(&user, &request).await;
    let mut expected = request;
    for (name, value) in [
        ("id", reply.body["id"].clone()),
        ("user_id", json!(user.id)),
        ("created_at", json!("2026-11-18T10:00:00.123Z")),
        ("updated_at", json!("2026-11-18T10:00:00.123Z")),
        ("completed_at", json!("2026-11-18T10:00:00.123Z")),
        ("version", json!(1)),
    ] {
        expected[name] = value;
    }
    assert_eq!(reply.body, expected);
    assert_eq!(
        server.read_task(&user, &reply.task_id()).await.body,
        expected
    );
    assert_eq!(
        server.list_tasks(&user, "").await.body,
        json!({"items": [expected], "next_cursor": null})
    );
}

#[tokio::test]
async fn null_selects_the_default_of_an_optional_field() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({
        "title": "Milk", "description": null, "completed": null, "priority": null,
        "due_date": null, "tags": null,
    });
    let reply = server.create_task(&user, &body).await;
    for (name, value) in [
        ("description", Value::Null),
        ("completed", json!(false)),
        ("priority", json!("medium")),
        ("due_date", Value::Null),
        ("tags", json!([])),
        ("completed_at", Value::Null),
    ] {
        assert_eq!(reply.body[name], value, "{name}");
    }
}

#[tokio::test]
async fn duplicate_tags_are_removed_and_the_first_is_kept() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    // Tags that differ in case, spaces, or Unicode form are different tags.
    let tags = json!(["b", "a", "b", "B", " b", "é", "e\u{301}", "a"]);
    let body = json!({"title": "Milk", "tags": tags});
    let unique = json!(["b", "a", "B", " b", "é", "e\u{301}"]);
    let reply = server.create_task(&user, &body).await;
    assert_eq!(reply.body["tags"], unique);
    let suffix = format!("/{}", reply.task_id());
    for method in ["PUT", "PATCH"] {
        let call = server.tasks(&user, method, &suffix).json(&body);
        assert_eq!(call.send().await.body["tags"], unique, "{method}");
    }
}

#[tokio::test]
async fn the_same_body_twice_makes_two_tasks() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let first = server.create_task(&user, &body).await;
    let second = server.create_task(&user, &body).await;
    assert_ne!(first.task_id(), second.task_id());
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 2);
}

#[tokio::test]
async fn a_later_task_has_a_greater_id() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let reply = server.create_task(&user, &json!({"title": "x"})).await;
        ids.push(reply.task_id());
        server.advance_seconds(1);
    }
    assert!(ids.is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn a_cookie_works_like_a_bearer_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let path = format!("/api/{}/tasks", user.id);
    let call = server.post(&path).cookie(&user.token);
    let reply = call.json(&json!({"title": "Milk"})).send().await;
    reply.assert_task(201, 1);
    let read = server.get(&path).cookie(&user.token).send().await;
    assert_eq!(read.body["items"], json!([reply.body]));
}
