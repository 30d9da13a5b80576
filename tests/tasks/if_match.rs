//! `If-Match` on writes: a matching version succeeds, and a stale version changes nothing
//! ([RFC 9110, section 13.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1)).

use serde_json::{Value, json};

use crate::harness::{Call, Server, User};

const CHANGES: [&str; 3] = ["PUT", "PATCH", "DELETE"];

/// Creates a task and changes it to version 3.
async fn task_at_version_3(server: &Server, user: &User) -> (String, Value) {
    let reply = server.create_task(user, &json!({"title": "Milk"})).await;
    let task = format!("/{}", reply.task_id());
    for title in ["Tea", "Bread"] {
        let call = server.tasks(user, "PATCH", &task);
        let reply = call.json(&json!({"title": title})).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let read = server.read_task(user, &task[1..]).await;
    (task, read.body)
}

fn change(server: &Server, user: &User, method: &str, task: &str, if_match: &str) -> Call {
    let call = server.tasks(user, method, task);
    let call = call.header("if-match", if_match);
    if method == "DELETE" {
        call
    } else {
        call.json(&json!({"title": "Wine"}))
    }
}

#[tokio::test]
async fn the_current_version_or_a_wildcard_matches() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for if_match in [
        "\"3\"",
        "*",
        "\"1\", \"2\", \"3\"",
        "\"3\",\"4\"",
        "W/\"3\", \"3\"",
        " \"3\" ",
    ] {
        for method in CHANGES {
            let (task, _) = task_at_version_3(&server, &user).await;
            let call = change(&server, &user, method, &task, if_match);
            let reply = call.send().await;
            if method == "DELETE" {
                assert_eq!(reply.status, 204, "{if_match}: {}", reply.text);
                let read = server.read_task(&user, &task[1..]).await;
                read.assert_refused(404, "NotFound");
            } else {
                assert_eq!(reply.status, 200, "{method} {if_match}: {}", reply.text);
                reply.assert_task(200, 4);
                assert_eq!(reply.body["title"], "Wine");
            }
        }
    }
}

#[tokio::test]
async fn another_version_is_refused_and_changes_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let (task, before) = task_at_version_3(&server, &user).await;
    server.advance_seconds(60);
    for if_match in [
        "\"2\"",
        "\"4\"",
        "\"1\", \"2\"",
        "\"\"",
        "\"03\"",
        "\"3.0\"",
        "\"-3\"",
        "\"x\"",
        "\"18446744073709551616\"",
        "\"99999999999999999999999999999999999999999\"",
        // A weak tag never matches in `If-Match`.
        "W/\"3\"",
        "W/\"2\", W/\"3\"",
    ] {
        for method in CHANGES {
            let call = change(&server, &user, method, &task, if_match);
            let reply = call.send().await;
            assert_eq!(reply.status, 412, "{method} {if_match}: {}", reply.text);
            reply.assert_refused(412, "PreconditionFailed");
        }
    }
    let read = server.read_task(&user, &task[1..]).await;
    assert_eq!(read.body, before);
}

#[tokio::test]
async fn a_malformed_if_match_is_refused_even_if_the_task_is_missing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let (task, before) = task_at_version_3(&server, &user).await;
    let missing = "/01936f2a-0000-7000-8000-000000000000";
    for if_match in [
        "3",
        "\"3",
        "3\"",
        "'3'",
        "W/3",
        "w/\"3\"",
        "W\"3\"",
        "W/ \"3\"",
        "\"3\" \"4\"",
        "\"3\"; \"4\"",
        "\"3\"x",
        "*, \"3\"",
        "\"3\", *",
        "**",
        "nonsense",
        "",
    ] {
        for method in CHANGES {
            for task in [task.as_str(), missing, "/nonsense"] {
                let call = change(&server, &user, method, task, if_match);
                let reply = call.send().await;
                assert_eq!(reply.status, 422, "{method} {if_match:?}: {}", reply.text);
                reply.assert_refused_fields(&["If-Match"]);
            }
        }
    }
    let read = server.read_task(&user, &task[1..]).await;
    assert_eq!(read.body, before);
}

#[tokio::test]
async fn an_invalid_header_is_named_with_the_invalid_fields() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let (task, _) = task_at_version_3(&server, &user).await;
    for method in ["PUT", "PATCH"] {
        let call = server.tasks(&user, method, &format!("{task}?x=1"));
        let call = call.header("if-match", "3");
        let reply = call.json(&json!({"title": "", "tags": 1})).send().await;
        reply.assert_refused_fields(&["If-Match", "tags", "title", "x"]);
    }
    let call = server.tasks(&user, "DELETE", &format!("{task}?x=1"));
    let reply = call.header("if-match", "3").send().await;
    reply.assert_refused_fields(&["If-Match", "x"]);
}

#[tokio::test]
async fn a_missing_task_is_not_found_with_any_version() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let (task, _) = task_at_version_3(&server, &user).await;
    let deleted = server.tasks(&user, "DELETE", &task).send().await;
    deleted.assert_without_body(204);
    for task in [task.as_str(), "/01936f2a-0000-7000-8000-000000000000", "/x"] {
        for if_match in ["*", "\"3\"", "\"4\"", "W/\"3\""] {
            for method in CHANGES {
                let call = change(&server, &user, method, task, if_match);
                call.send().await.assert_refused(404, "NotFound");
            }
        }
    }
    assert!(server.sort_keys(&user.id, "TASK#").await.is_empty());
}

#[tokio::test]
async fn each_etag_matches_in_the_next_call() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut reply = server.create_task(&user, &json!({"title": "x"})).await;
    let task = format!("/{}", reply.task_id());
    for (version, method) in (2..).zip(["PUT", "PATCH", "PATCH", "PUT"]) {
        let etag = reply.header("etag").unwrap().to_owned();
        reply = change(&server, &user, method, &task, &etag).send().await;
        reply.assert_task(200, version);
        let stale = change(&server, &user, method, &task, &etag).send().await;
        stale.assert_refused(412, "PreconditionFailed");
    }
    let etag = reply.header("etag").unwrap();
    let deleted = change(&server, &user, "DELETE", &task, etag).send().await;
    deleted.assert_without_body(204);
}
