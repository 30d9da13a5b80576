//! Deletion of an account with its tasks.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use local::database;
use serde_json::json;

use crate::harness::{ConnectionFault, PASSWORD, Reply, Server, TABLE, User};

async fn delete_account(server: &Server, user: &User) -> Reply {
    let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    call.json(&json!({"password": PASSWORD})).send().await
}

/// Writes to the table directly, without the product.
async fn put_tasks(server: &Server, user: &User, count: usize) {
    let client = database::client(server.database);
    let text = |value: String| AttributeValue::S(value);
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(25) {
        let puts = batch.iter().map(|n| {
            let item = HashMap::from([
                ("pk".to_owned(), text(format!("TASKS#{}", user.id))),
                ("sk".to_owned(), text(format!("TASK#{n:08}"))),
                ("description".to_owned(), text("x".repeat(4_000))),
            ]);
            let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        let answer = client
            .batch_write_item()
            .request_items(TABLE, puts.collect())
            .send()
            .await
            .unwrap();
        assert!(answer.unprocessed_items.unwrap_or_default().is_empty());
    }
}

#[tokio::test]
async fn an_account_deletion_removes_only_its_own_tasks_and_records() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other_user = server.sign_up("b@example.com").await;
    for user in [&user, &other_user] {
        for (key, title) in [("k", "Milk"), ("l", "Bread")] {
            let call = server.tasks(user, "POST", "");
            let call = call.header("idempotency-key", key);
            let body = json!({"title": title, "due_date": "2026-11-20"});
            assert_eq!(call.json(&body).send().await.status, 201);
        }
    }
    let before = server.keys().await;
    assert_eq!(delete_account(&server, &user).await.status, 200);
    // The generated usernames are random, so this compares the keys with those before.
    let after = server.keys().await;
    assert_eq!(after.len(), before.len() - 9);
    assert!(after.iter().all(|key| before.contains(key)));
    assert!(!after.iter().any(|key| key.contains(&user.id)));
    assert_eq!(server.sort_keys(&other_user.id, "TASK#").await.len(), 2);
    assert_eq!(
        server.sort_keys(&other_user.id, "IDEMPOTENCY#").await.len(),
        2
    );

    // A new account with the same e-mail has none of the old data.
    let again = server.sign_up("a@example.com").await;
    assert!(server.task_titles(&again, "").await.is_empty());
    let call = server.tasks(&again, "POST", "");
    let call = call.header("idempotency-key", "k");
    let reply = call.json(&json!({"title": "Tea"})).send().await;
    reply.assert_task(201, 1);
    assert_eq!(reply.body["title"], "Tea");
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_deletes_five_thousand_tasks() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    put_tasks(&server, &user, 5_000).await;
    let reply = delete_account(&server, &user).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(server.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_call_completes_an_interrupted_deletion_of_many_tasks() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    put_tasks(&server, &user, 1_000).await;
    for request in [4, 10, 20] {
        server.traffic.inject(ConnectionFault::LostFrom(request));
        let reply = delete_account(&server, &user).await;
        reply.assert_refused(503, "Unavailable");
        server.traffic.reset();
        let list = server.request_tasks(&user, "").await;
        list.assert_refused(401, "TokenRevoked");
        let call = server.tasks(&user, "POST", "");
        let call = call.json(&json!({"title": "x"}));
        call.send().await.assert_refused(401, "TokenRevoked");
    }
    let remaining = server.sort_keys(&user.id, "TASK#").await.len();
    assert!((1..1_000).contains(&remaining), "{remaining}");
    assert_eq!(delete_account(&server, &user).await.status, 200);
    assert!(server.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_task_survives_a_concurrent_account_deletion() {
    for round in 0..5 {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let created = server.create_task(&user, &json!({"title": "x"})).await;
        let task = format!("/{}", created.task_id());
        let writes = (0..30).map(|n| {
            let (method, suffix) = [("POST", ""), ("PUT", task.as_str()), ("PATCH", &task)][n % 3];
            let call = server.tasks(&user, method, suffix);
            let call = call.header("idempotency-key", &format!("k{n}"));
            call.json(&json!({"title": "y"})).send()
        });
        let writes = futures_util::future::join_all(writes);
        let (mut deletion, replies) = tokio::join!(delete_account(&server, &user), writes);
        for reply in replies {
            assert!(
                [200, 201, 401, 404, 409, 503].contains(&reply.status),
                "{}",
                reply.text
            );
        }
        // Concurrent writes of one item can fail with a conflict, so the deletion is retried.
        for _ in 0..3 {
            if deletion.status != 200 {
                assert!([409, 503].contains(&deletion.status), "{}", deletion.text);
                deletion = delete_account(&server, &user).await;
            }
        }
        assert_eq!(deletion.status, 200, "round {round}");
        assert!(server.keys().await.is_empty(), "{:?}", server.keys().await);
    }
}
