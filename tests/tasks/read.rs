use serde_json::json;

use crate::harness::server_with_task;

#[tokio::test]
async fn head_returns_the_response_of_get_without_its_body() {
    let (server, user, task) = server_with_task().await;
    let get = server.tasks(&user, "GET", &task).send().await;
    get.assert_task(200, 1);
    let head = server.tasks(&user, "HEAD", &task).send().await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    head.assert_common_headers();
    assert_eq!(head.header("etag"), get.header("etag"));
    let missing = server.tasks(&user, "HEAD", "/nonsense").send().await;
    assert_eq!((missing.status, missing.text.as_str()), (404, ""));
}

#[tokio::test]
async fn if_none_match_returns_304_for_the_current_version() {
    let (server, user, task) = server_with_task().await;
    for method in ["GET", "HEAD"] {
        for (value, is_current) in [
            ("\"1\"", true),
            ("W/\"1\"", true),
            ("*", true),
            ("\"0\", \"1\"", true),
            ("\"0\",W/\"1\",\"x\"", true),
            ("\"2\"", false),
            ("W/\"2\"", false),
            ("\"01\"", false),
            ("\"\"", false),
            ("\"x\", \"y\"", false),
            // A malformed list of tags is ignored.
            ("1", false),
            ("\"1", false),
            ("1\"", false),
            ("'1'", false),
            ("w/\"1\"", false),
            ("W/1", false),
            ("\"1\" \"1\"", false),
            ("*, \"1\"", false),
            ("\"1\", *", false),
            ("nonsense", false),
            ("\u{e9}", false),
            ("", false),
        ] {
            let call = server.tasks(&user, method, &task);
            let reply = call.header("if-none-match", value).send().await;
            if is_current {
                assert_eq!(reply.status, 304, "{method} {value}: {}", reply.text);
                reply.assert_without_body(304);
                assert_eq!(reply.header("etag"), Some("\"1\""));
            } else {
                assert_eq!(reply.status, 200, "{method} {value}: {}", reply.text);
                assert_eq!(reply.header("etag"), Some("\"1\""));
                if method == "GET" {
                    reply.assert_task(200, 1);
                }
            }
        }
    }
}

#[tokio::test]
async fn if_none_match_returns_a_changed_task() {
    let (server, user, task) = server_with_task().await;
    let patch = server.tasks(&user, "PATCH", &task);
    let patch = patch.json(&json!({"completed": true})).send().await;
    patch.assert_task(200, 2);
    for (value, status) in [("\"1\"", 200), ("\"2\"", 304), ("\"1\", \"2\"", 304)] {
        let call = server.tasks(&user, "GET", &task);
        let reply = call.header("if-none-match", value).send().await;
        assert_eq!(reply.status, status, "{value}");
        assert_eq!(reply.header("etag"), Some("\"2\""));
    }
}

#[tokio::test]
async fn a_missing_task_is_not_found_by_any_call() {
    let (server, user, _) = server_with_task().await;
    let long = "x".repeat(5_000);
    for id in [
        "01936f2a-0000-7000-8000-000000000000",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        // The id of the user is not the id of a task.
        &user.id,
        "nonsense",
        "1",
        "-1",
        "null",
        "*",
        "%00",
        "%ff",
        "%20",
        "%F0%9F%A6%8A",
        "ACCOUNT",
        "TASK%23",
        "..%2F..%2FACCOUNT",
        "%7Bid%7D",
        "01936f2a-0000-7000-8000-00000000000g",
        "01936f2a-0000-7000-8000-0000000000000",
        &long,
    ] {
        let task = format!("/{id}");
        for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE"] {
            for (name, value) in [("x-plain", "x"), ("if-match", "*"), ("if-none-match", "*")] {
                let call = server.tasks(&user, method, &task).header(name, value);
                let call = if ["PUT", "PATCH"].contains(&method) {
                    call.json(&json!({"title": "Bread"}))
                } else {
                    call
                };
                let reply = call.send().await;
                assert_eq!(reply.status, 404, "{method} {id}: {}", reply.text);
                if method != "HEAD" {
                    reply.assert_refused(404, "NotFound");
                }
            }
        }
    }
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
}

/// The API may accept or refuse other spellings of the same UUID. They must not find or make another task.
#[tokio::test]
async fn another_spelling_of_an_id_finds_the_same_task_or_none() {
    let (server, user, task) = server_with_task().await;
    let id = &task[1..];
    for spelling in [
        id.to_uppercase(),
        id.replace('-', ""),
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
        format!("%20{id}"),
        format!("{id}%00"),
    ] {
        let suffix = format!("/{spelling}");
        let reply = server.tasks(&user, "GET", &suffix).send().await;
        if reply.status == 200 {
            assert_eq!(reply.body["id"], id, "{spelling}");
        } else {
            reply.assert_refused(404, "NotFound");
        }
        let put = server.tasks(&user, "PUT", &suffix);
        let put = put.json(&json!({"title": "Bread"})).send().await;
        assert_eq!(put.status, reply.status, "{spelling}: {}", put.text);
    }
    let keys = server.sort_keys(&user.id, "TASK#").await;
    assert_eq!(keys, [format!("TASK#{id}")]);
}
