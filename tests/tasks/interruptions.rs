//! The store is unavailable, the process dies between two store requests, or a response is lost.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Call, ConnectionFault, Reply, Server, User};

async fn server_with_old_task() -> (Server, User, Reply) {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.create_task(&user, &json!({"title": "Milk"})).await;
    server.advance_seconds(60);
    (server, user, reply)
}

fn change(server: &Server, user: &User, method: &str, task: &str, if_match: bool) -> Call {
    let call = server.tasks(user, method, task);
    let call = if if_match {
        call.header("if-match", "\"1\"")
    } else {
        call
    };
    if method == "DELETE" {
        call
    } else {
        call.json(&json!({"title": "Bread", "completed": true}))
    }
}

fn create(server: &Server, user: &User, key: Option<&str>) -> Call {
    let call = server.tasks(user, "POST", "");
    let call = call.json(&json!({"title": "Bread"}));
    match key {
        Some(key) => call.header("idempotency-key", key),
        None => call,
    }
}

#[tokio::test]
async fn a_creation_with_a_lost_response_makes_one_task() {
    for key in [None, Some("k")] {
        for lost in [0, 1] {
            let server = Server::start().await;
            let user = server.sign_up("a@example.com").await;
            server.traffic.inject(ConnectionFault::ResponseLost(lost));
            let reply = create(&server, &user, key).send().await;
            reply.assert_task(201, 1);
            assert_eq!(
                server.sort_keys(&user.id, "TASK#").await,
                [format!("TASK#{}", reply.task_id())]
            );
            let read = server.read_task(&user, &reply.task_id()).await;
            assert_eq!(read.text, reply.text);
            if key.is_some() {
                let again = create(&server, &user, key).send().await;
                assert_eq!(
                    again.without_per_call_values(),
                    reply.without_per_call_values()
                );
            }
        }
    }
}

#[tokio::test]
async fn a_change_with_a_lost_response_happens_once_and_succeeds() {
    for if_match in [false, true] {
        for lost in [0, 1] {
            for method in ["PUT", "PATCH"] {
                let (server, user, created) = server_with_old_task().await;
                let task = format!("/{}", created.task_id());
                server.traffic.inject(ConnectionFault::ResponseLost(lost));
                let call = change(&server, &user, method, &task, if_match);
                let reply = call.send().await;
                assert_eq!(
                    reply.status, 200,
                    "{method} {if_match} {lost}: {}",
                    reply.text
                );
                reply.assert_task(200, 2);
                assert_eq!(reply.body["title"], "Bread");
                assert_eq!(reply.body["completed_at"], "2026-11-18T10:01:00.123Z");
                let read = server.read_task(&user, &task[1..]).await;
                assert_eq!(read.text, reply.text, "{method}");
            }
            let (server, user, created) = server_with_old_task().await;
            let task = format!("/{}", created.task_id());
            server.traffic.inject(ConnectionFault::ResponseLost(lost));
            let call = change(&server, &user, "DELETE", &task, if_match);
            call.send().await.assert_without_body(204);
            assert!(server.sort_keys(&user.id, "TASK#").await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_read_with_a_lost_response_is_repeated() {
    let (server, user, created) = server_with_old_task().await;
    for lost in [0, 1] {
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        let read = server.read_task(&user, &created.task_id()).await;
        assert_eq!(read.text, created.text);
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        let list = server.list_tasks(&user, "").await;
        assert_eq!(list.body["items"], json!([created.body]));
    }
}

#[track_caller]
fn assert_unavailable(reply: &Reply) {
    reply.assert_refused(503, "Unavailable");
    assert_eq!(reply.header("retry-after"), Some("1"));
}

fn interruptions() -> impl Iterator<Item = ConnectionFault> {
    (0..3).flat_map(|request| {
        [
            ConnectionFault::LostFrom(request),
            ConnectionFault::LostAfter(request),
        ]
    })
}

#[tokio::test]
async fn an_interrupted_creation_is_atomic_and_safe_to_repeat() {
    for fault in interruptions() {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        server.traffic.inject(fault);
        let reply = create(&server, &user, Some("k")).send().await;
        server.traffic.reset();
        if reply.status != 201 {
            assert_unavailable(&reply);
        }
        let tasks = server.sort_keys(&user.id, "TASK#").await.len();
        let records = server.sort_keys(&user.id, "IDEMPOTENCY#").await.len();
        assert_eq!(tasks, records, "{fault:?}");
        assert!(tasks == 1 || reply.status != 201, "{fault:?}");

        let again = create(&server, &user, Some("k")).send().await;
        again.assert_task(201, 1);
        if reply.status == 201 {
            assert_eq!(again.text, reply.text);
        }
        assert_eq!(
            server.sort_keys(&user.id, "TASK#").await,
            [format!("TASK#{}", again.task_id())],
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_interrupted_change_is_atomic() {
    for fault in interruptions() {
        for method in ["PUT", "PATCH", "DELETE"] {
            let (server, user, created) = server_with_old_task().await;
            let task = format!("/{}", created.task_id());
            server.traffic.inject(fault);
            let call = change(&server, &user, method, &task, true);
            let reply = call.send().await;
            server.traffic.reset();
            let is_success = [200, 204].contains(&reply.status);
            if !is_success {
                assert_unavailable(&reply);
            }
            let read = server.read_task(&user, &task[1..]).await;
            let is_done = if method == "DELETE" {
                read.status == 404
            } else {
                read.body["version"] == 2
            };
            assert!(is_done || !is_success, "{fault:?} {method}");
            if !is_done {
                assert_eq!(read.text, created.text, "{fault:?} {method}");
            } else if method != "DELETE" {
                read.assert_task(200, 2);
                assert_eq!(read.body["title"], "Bread");
                assert_eq!(read.body["completed"], true);
            }
        }
    }
}

#[tokio::test]
async fn calls_return_503_within_three_seconds_without_the_store() {
    let (server, user, created) = server_with_old_task().await;
    let task = format!("/{}", created.task_id());
    server.traffic.inject(ConnectionFault::LostFrom(0));
    for call in [
        server.tasks(&user, "GET", ""),
        server.tasks(&user, "GET", "?sort=due_date"),
        server.tasks(&user, "GET", &task),
        create(&server, &user, None),
        create(&server, &user, Some("k")),
        change(&server, &user, "PUT", &task, false),
        change(&server, &user, "PATCH", &task, true),
        change(&server, &user, "DELETE", &task, false),
    ] {
        let reply = tokio::time::timeout(Duration::from_secs(3), call.send()).await;
        assert_unavailable(&reply.expect("a response within three seconds"));
    }
    server.traffic.reset();
    let list = server.list_tasks(&user, "").await;
    let expected: Value = json!([created.body]);
    assert_eq!(list.body["items"], expected);
}
