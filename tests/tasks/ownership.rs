//! A user cannot access the tasks of another user or find out whether they exist.

use serde_json::json;

use crate::harness::{Call, Server, User};

const UNKNOWN_ID: &str = "5b0e4a0e-7a3c-4c55-9d5c-3b0a4f6c8d21";

/// The method of every call, and whether its path has a task id.
const CALLS: [(&str, bool); 8] = [
    ("GET", false),
    ("HEAD", false),
    ("POST", false),
    ("GET", true),
    ("HEAD", true),
    ("PUT", true),
    ("PATCH", true),
    ("DELETE", true),
];

fn call(server: &Server, token: &str, method: &str, path: &str) -> Call {
    let call = server.call(method, path).bearer(token);
    if ["POST", "PUT", "PATCH"].contains(&method) {
        call.json(&json!({"title": "taken over"}))
    } else {
        call
    }
}

async fn ada_and_bob(server: &Server) -> (User, User, String) {
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    let reply = server.create_task(&bob, &json!({"title": "bob's"})).await;
    let task = reply.task_id();
    (ada, bob, task)
}

#[tokio::test]
async fn paths_of_other_users_get_the_same_403_whether_they_exist_or_not() {
    let server = Server::start().await;
    let (ada, bob, task) = ada_and_bob(&server).await;
    let before = server.keys().await;
    for (method, has_task_id) in CALLS {
        let mut replies = Vec::new();
        for (user, task) in [
            (bob.id.as_str(), task.as_str()),
            (&bob.id, UNKNOWN_ID),
            (UNKNOWN_ID, &task),
            (UNKNOWN_ID, UNKNOWN_ID),
            ("00000000-0000-0000-0000-000000000000", UNKNOWN_ID),
            (&ada.id[..35], UNKNOWN_ID),
            ("nonsense", UNKNOWN_ID),
            ("nonsense", "nonsense"),
            ("%00", UNKNOWN_ID),
            ("%F0%9F%A6%8A", UNKNOWN_ID),
            ("%7Buser_id%7D", UNKNOWN_ID),
        ] {
            let path = if has_task_id {
                format!("/api/{user}/tasks/{task}")
            } else {
                format!("/api/{user}/tasks")
            };
            let reply = call(&server, &ada.token, method, &path).send().await;
            assert_eq!(reply.status, 403, "{method} {path}: {}", reply.text);
            if method != "HEAD" {
                reply.assert_refused(403, "Forbidden");
            }
            for (field, value) in [("user", user), ("task", task)] {
                let is_revealed = value.len() > 10 && reply.text.contains(value);
                assert!(!is_revealed, "{field} in {}", reply.text);
            }
            replies.push(reply.without_per_call_values());
        }
        replies.dedup();
        assert_eq!(replies.len(), 1, "{method}: {replies:?}");
    }
    assert_eq!(server.keys().await, before);
    let read = server.read_task(&bob, &task).await;
    read.assert_task(200, 1);
    assert_eq!(read.body["title"], "bob's");
}

#[tokio::test]
async fn ownership_is_checked_before_body_parameters_and_headers() {
    let server = Server::start().await;
    let (ada, bob, task) = ada_and_bob(&server).await;
    let list_path = format!("/api/{}/tasks", bob.id);
    let task_path = format!("{list_path}/{task}");
    let large = vec![b'x'; 65_537];
    for (method, path) in [
        ("POST", &list_path),
        ("PUT", &task_path),
        ("PATCH", &task_path),
    ] {
        for body in [large.as_slice(), b"{", b"[]", b""] {
            let call = server.call(method, path).bearer(&ada.token);
            let reply = call.bytes(body).send().await;
            reply.assert_refused(403, "Forbidden");
        }
    }
    for (method, path) in [
        ("GET", format!("{list_path}?limit=0&x")),
        ("GET", format!("{list_path}?cursor=x")),
        ("GET", format!("{task_path}?x=1")),
        ("DELETE", format!("{task_path}?x=1")),
    ] {
        let call = server.call(method, &path).bearer(&ada.token);
        call.send().await.assert_refused(403, "Forbidden");
    }
    let call = server.call("DELETE", &task_path).bearer(&ada.token);
    let reply = call.header("if-match", "nonsense").send().await;
    reply.assert_refused(403, "Forbidden");
    let call = server.post(&list_path).bearer(&ada.token);
    let reply = call.header("idempotency-key", "").send().await;
    reply.assert_refused(403, "Forbidden");
}

#[tokio::test]
async fn a_task_of_another_user_is_not_found_like_a_missing_one() {
    let server = Server::start().await;
    let (ada, bob, task) = ada_and_bob(&server).await;
    for (method, _) in CALLS.into_iter().filter(|(_, has_task_id)| *has_task_id) {
        for header in [
            None,
            Some(("if-match", "*")),
            Some(("if-match", "\"1\"")),
            Some(("if-match", "\"2\"")),
            Some(("if-none-match", "*")),
            Some(("if-none-match", "\"1\"")),
        ] {
            let mut replies = Vec::new();
            for id in [task.as_str(), UNKNOWN_ID, "nonsense"] {
                let path = format!("/api/{}/tasks/{id}", ada.id);
                let call = call(&server, &ada.token, method, &path);
                let call = match header {
                    Some((name, value)) => call.header(name, value),
                    None => call,
                };
                let reply = call.send().await;
                assert_eq!(reply.status, 404, "{method} {header:?}: {}", reply.text);
                if method != "HEAD" {
                    reply.assert_refused(404, "NotFound");
                }
                replies.push(reply.without_per_call_values());
            }
            replies.dedup();
            assert_eq!(replies.len(), 1, "{method} {header:?}: {replies:?}");
        }
    }
    assert!(server.task_titles(&ada, "").await.is_empty());
    let read = server.read_task(&bob, &task).await;
    read.assert_task(200, 1);
    assert_eq!(read.body["title"], "bob's");
}

#[tokio::test]
async fn path_encodings_do_not_bypass_the_ownership_check() {
    let server = Server::start().await;
    let (ada, bob, task) = ada_and_bob(&server).await;
    for path in [
        format!("/api/{}/tasks/{task}", bob.id.replace('-', "%2D")),
        format!("/api/{}%2F..%2F{}/tasks/{task}", ada.id, bob.id),
        format!("/api/{},{}/tasks/{task}", ada.id, bob.id),
        format!("/api/{}%00/tasks/{task}", ada.id),
        format!("/api/%20{}/tasks/{task}", ada.id),
        format!(
            "/api/{}/tasks/..%2F..%2F{}%2Ftasks%2F{task}",
            ada.id, bob.id
        ),
        format!("/api/{}/tasks/%2E%2E/{}/tasks/{task}", ada.id, bob.id),
        format!("/api/{}/tasks/{task}%23USER%23{}", ada.id, bob.id),
    ] {
        let reply = server.get(&path).bearer(&ada.token).send().await;
        let expected = [(403, "Forbidden"), (404, "NotFound")];
        assert!(
            expected.contains(&(reply.status, reply.code())),
            "{path}: {}",
            reply.text
        );
        reply.assert_refused(reply.status, reply.code());
    }
}
