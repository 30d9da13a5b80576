//! PUT replaces a task, PATCH merges fields, and DELETE deletes it. None of them creates a task.

use serde_json::{Value, json};

use crate::harness::{Reply, Server, User};

async fn write(server: &Server, user: &User, method: &str, task: &str, body: &Value) -> Reply {
    server.tasks(user, method, task).json(body).send().await
}

fn all_fields() -> Value {
    json!({
        "title": "Milk", "description": "two litres", "completed": true, "priority": "high",
        "due_date": "2026-11-20", "tags": ["shop", "food"],
    })
}

/// A server with a task that has all fields and is a minute old.
async fn server_with_full_task() -> (Server, User, String, Value) {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.create_task(&user, &all_fields()).await;
    server.advance_seconds(60);
    let task = format!("/{}", reply.task_id());
    (server, user, task, reply.body)
}

/// `before` with the fields of `change`.
fn with(before: &Value, change: &Value) -> Value {
    let mut after = before.clone();
    for (name, value) in change.as_object().unwrap() {
        after[name] = value.clone();
    }
    after
}

#[tokio::test]
async fn put_replaces_every_field_and_resets_absent_ones() {
    let (server, user, task, before) = server_with_full_task().await;
    let reply = write(&server, &user, "PUT", &task, &json!({"title": "Bread"})).await;
    reply.assert_task(200, 2);
    assert!(reply.header("location").is_none());
    let expected = with(
        &before,
        &json!({
            "title": "Bread", "description": null, "completed": false, "priority": "medium",
            "due_date": null, "tags": [], "completed_at": null,
            "updated_at": "2026-11-18T10:01:00.123Z", "version": 2,
        }),
    );
    assert_eq!(reply.body, expected);
    let read = server.read_task(&user, &task[1..]).await;
    read.assert_task(200, 2);
    assert_eq!(read.text, reply.text);

    let other = json!({
        "title": "Tea", "description": "green", "completed": true, "priority": "low",
        "due_date": "2026-12-01T10:00:00+01:00", "tags": ["x"],
    });
    let reply = write(&server, &user, "PUT", &task, &other).await;
    reply.assert_task(200, 3);
    let expected = with(
        &with(&expected, &other),
        &json!({"version": 3, "completed_at": "2026-11-18T10:01:00.123Z"}),
    );
    assert_eq!(reply.body, expected);
    assert_eq!(server.read_task(&user, &task[1..]).await.body, expected);
}

#[tokio::test]
async fn null_resets_a_field_in_a_put() {
    let (server, user, task, before) = server_with_full_task().await;
    let body = json!({
        "title": "Milk", "description": null, "completed": null, "priority": null,
        "due_date": null, "tags": null,
    });
    let reply = write(&server, &user, "PUT", &task, &body).await;
    reply.assert_task(200, 2);
    let expected = json!({
        "description": null, "completed": false, "priority": "medium", "due_date": null,
        "tags": [], "completed_at": null, "updated_at": "2026-11-18T10:01:00.123Z", "version": 2,
    });
    assert_eq!(reply.body, with(&before, &expected));
}

#[tokio::test]
async fn a_patch_keeps_absent_fields_and_clears_null_fields() {
    for (patch, expected) in [
        (json!({"title": "Bread"}), json!({"title": "Bread"})),
        (json!({"description": "one"}), json!({"description": "one"})),
        (json!({"description": null}), json!({"description": null})),
        (json!({"description": ""}), json!({"description": ""})),
        (json!({"priority": "low"}), json!({"priority": "low"})),
        (json!({"priority": null}), json!({"priority": "medium"})),
        (
            json!({"due_date": "2026-12-01T10:00:00Z"}),
            json!({"due_date": "2026-12-01T10:00:00Z"}),
        ),
        (json!({"due_date": null}), json!({"due_date": null})),
        // A patch replaces the whole list.
        (json!({"tags": ["new"]}), json!({"tags": ["new"]})),
        (json!({"tags": []}), json!({"tags": []})),
        (json!({"tags": null}), json!({"tags": []})),
        (json!({"completed": true}), json!({"completed": true})),
        (
            json!({"completed": false}),
            json!({"completed": false, "completed_at": null}),
        ),
        (
            json!({"completed": null}),
            json!({"completed": false, "completed_at": null}),
        ),
        (
            json!({"title": "Tea", "description": null, "tags": null, "priority": "low"}),
            json!({"title": "Tea", "description": null, "tags": [], "priority": "low"}),
        ),
    ] {
        let (server, user, task, before) = server_with_full_task().await;
        let reply = write(&server, &user, "PATCH", &task, &patch).await;
        assert_eq!(reply.status, 200, "{patch}: {}", reply.text);
        reply.assert_task(200, 2);
        let updated = json!({"updated_at": "2026-11-18T10:01:00.123Z", "version": 2});
        let expected = with(&with(&before, &expected), &updated);
        assert_eq!(reply.body, expected, "{patch}");
        let read = server.read_task(&user, &task[1..]).await;
        assert_eq!(read.text, reply.text, "{patch}");
    }
}

#[tokio::test]
async fn an_empty_patch_changes_nothing() {
    let (server, user, task, before) = server_with_full_task().await;
    let reply = write(&server, &user, "PATCH", &task, &json!({})).await;
    reply.assert_task(200, 1);
    assert_eq!(reply.body, before);
    let call = || server.tasks(&user, "PATCH", &task).json(&json!({}));
    let reply = call().header("if-match", "\"1\"").send().await;
    reply.assert_task(200, 1);
    let reply = call().header("if-match", "\"2\"").send().await;
    reply.assert_refused(412, "PreconditionFailed");
    let missing = write(&server, &user, "PATCH", "/nonsense", &json!({})).await;
    missing.assert_refused(404, "NotFound");
    assert_eq!(server.read_task(&user, &task[1..]).await.body, before);
}

#[tokio::test]
async fn a_write_of_the_same_values_still_increments_the_version() {
    let (server, user, task, before) = server_with_full_task().await;
    for (method, body, version) in [
        ("PUT", all_fields(), 2),
        ("PATCH", all_fields(), 3),
        ("PATCH", json!({"title": "Milk"}), 4),
    ] {
        let reply = write(&server, &user, method, &task, &body).await;
        reply.assert_task(200, version);
        let updated = json!({"updated_at": "2026-11-18T10:01:00.123Z", "version": version});
        assert_eq!(reply.body, with(&before, &updated));
    }
}

#[tokio::test]
async fn completed_at_is_set_on_completion_and_cleared_on_reopening() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.create_task(&user, &json!({"title": "x"})).await;
    let task = format!("/{}", reply.task_id());
    let minute = |n: u8| json!(format!("2026-11-18T10:{n:02}:00.123Z"));
    for (now, (method, body, expected)) in (1..).zip([
        ("PATCH", json!({"completed": true}), minute(1)),
        ("PATCH", json!({"completed": true}), minute(1)),
        ("PATCH", json!({"title": "y"}), minute(1)),
        ("PUT", json!({"title": "z", "completed": true}), minute(1)),
        ("PATCH", json!({"completed": false}), Value::Null),
        ("PATCH", json!({"title": "y"}), Value::Null),
        ("PATCH", json!({"completed": true}), minute(7)),
        ("PATCH", json!({"completed": null}), Value::Null),
        ("PUT", json!({"title": "z", "completed": true}), minute(9)),
        ("PUT", json!({"title": "z", "completed": true}), minute(9)),
        ("PUT", json!({"title": "z"}), Value::Null),
        (
            "PUT",
            json!({"title": "z", "completed": false}),
            Value::Null,
        ),
    ]) {
        server.advance_seconds(60);
        let reply = write(&server, &user, method, &task, &body).await;
        assert_eq!(reply.body["completed_at"], expected, "minute {now}: {body}");
        assert_eq!(reply.body["updated_at"], minute(now));
        assert_eq!(reply.body["created_at"], minute(0));
        reply.assert_task(200, u64::from(now) + 1);
        let read = server.read_task(&user, &task[1..]).await;
        assert_eq!(read.text, reply.text);
    }
}

#[tokio::test]
async fn a_deleted_task_is_not_found_by_any_call() {
    let (server, user, task, _) = server_with_full_task().await;
    let other = server.create_task(&user, &json!({"title": "other"})).await;
    let reply = server.tasks(&user, "DELETE", &task).send().await;
    reply.assert_without_body(204);
    assert!(reply.header("etag").is_none());
    for method in ["DELETE", "GET", "PUT", "PATCH", "DELETE"] {
        let call = server.tasks(&user, method, &task);
        let call = if ["PUT", "PATCH"].contains(&method) {
            call.json(&all_fields())
        } else {
            call
        };
        call.send().await.assert_refused(404, "NotFound");
    }
    for query in ["", "sort=due_date", "tag=shop", "q=milk"] {
        let titles = server.task_titles(&user, query).await;
        assert!(!titles.contains(&"Milk".to_owned()), "{query}");
    }
    assert_eq!(server.task_titles(&user, "").await, ["other"]);
    assert_eq!(
        server.sort_keys(&user.id, "TASK#").await,
        [format!("TASK#{}", other.task_id())]
    );
}
