//! The number of store requests of each task call, counted at the SDK's HTTP client.

use serde_json::json;

use crate::harness::{Call, Server};

/// The operations of one call. Concurrent operations come in any order, so those of a 200, 304, or 404 are sorted.
async fn operations_of(server: &Server, status: u16, call: Call) -> Vec<String> {
    server.traffic.reset();
    let reply = call.send().await;
    assert_eq!(reply.status, status, "{}", reply.text);
    let mut operations = server.traffic.operations();
    if [200, 304, 404].contains(&status) {
        operations.sort();
    }
    operations
}

#[tokio::test]
async fn a_read_or_list_makes_one_round_trip() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let created = server.create_task(&user, &json!({"title": "x"})).await;
    for n in 0..5 {
        let body = json!({"title": "y", "due_date": format!("2026-12-0{}", n + 1)});
        server.create_task(&user, &body).await;
    }
    let get = |suffix: &str| server.tasks(&user, "GET", suffix);
    let task = format!("/{}", created.task_id());
    let single = ["BatchGetItem"];
    assert_eq!(operations_of(&server, 200, get(&task)).await, single);
    let missing = get("/01936f2a-0000-7000-8000-000000000000");
    assert_eq!(operations_of(&server, 404, missing).await, single);
    let current = get(&task).header("if-none-match", "*");
    assert_eq!(operations_of(&server, 304, current).await, single);

    let listing = ["BatchGetItem", "Query"];
    assert_eq!(operations_of(&server, 200, get("")).await, listing);
    assert_eq!(operations_of(&server, 200, get("?limit=2")).await, listing);
    assert_eq!(
        operations_of(&server, 200, get("?sort=created_at")).await,
        listing
    );
    let list = server.list_tasks(&user, "limit=2").await;
    let cursor = crate::harness::percent_encoded(list.next_cursor().unwrap());
    let next = get(&format!("?limit=2&cursor={cursor}"));
    assert_eq!(operations_of(&server, 200, next).await, listing);
}

#[tokio::test]
async fn a_write_makes_two_store_requests() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let created = server.create_task(&user, &json!({"title": "x"})).await;
    let task = format!("/{}", created.task_id());
    let body = json!({"title": "y", "due_date": "2026-11-20"});
    let transacted = ["BatchGetItem", "TransactWriteItems"];
    let updated = ["BatchGetItem", "UpdateItem"];

    let call = || server.tasks(&user, "POST", "").json(&body);
    assert_eq!(operations_of(&server, 201, call()).await, transacted);
    let with_key = call().header("idempotency-key", "k");
    assert_eq!(operations_of(&server, 201, with_key).await, transacted);
    for method in ["PUT", "PATCH"] {
        let call = || server.tasks(&user, method, &task).json(&body);
        assert_eq!(
            operations_of(&server, 200, call()).await,
            updated,
            "{method}"
        );
        let any = call().header("if-match", "*");
        assert_eq!(operations_of(&server, 200, any).await, updated, "{method}");
        let stale = call().header("if-match", "\"1\"");
        assert_eq!(
            operations_of(&server, 412, stale).await,
            updated,
            "{method}"
        );
    }
    let stale = server.tasks(&user, "DELETE", &task);
    let stale = stale.header("if-match", "\"1\"");
    assert_eq!(operations_of(&server, 412, stale).await, transacted);
    let call = server.tasks(&user, "DELETE", &task);
    assert_eq!(operations_of(&server, 204, call).await, transacted);
    let call = server.tasks(&user, "DELETE", &task);
    assert_eq!(operations_of(&server, 404, call).await, transacted);
}

#[tokio::test]
async fn a_refused_body_writes_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let created = server.create_task(&user, &json!({"title": "x"})).await;
    let task = format!("/{}", created.task_id());
    for (method, suffix) in [("POST", ""), ("PUT", task.as_str()), ("PATCH", &task)] {
        let call = server.tasks(&user, method, suffix);
        let call = call.json(&json!({"title": ""}));
        assert_eq!(
            operations_of(&server, 422, call).await,
            ["BatchGetItem"],
            "{method}"
        );
    }
}
