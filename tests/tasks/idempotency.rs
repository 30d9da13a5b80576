//! `Idempotency-Key`: a repeated call gets the same response and makes no second task.

use serde_json::{Value, json};

use crate::harness::{Item, Reply, Server, User};

async fn post(server: &Server, user: &User, key: &str, body: &Value) -> Reply {
    let call = server.tasks(user, "POST", "");
    call.header("idempotency-key", key).json(body).send().await
}

#[track_caller]
fn assert_same(again: &Reply, first: &Reply) {
    assert_eq!(
        again.without_per_call_values(),
        first.without_per_call_values()
    );
    assert_eq!(again.text, first.text);
}

#[tokio::test]
async fn a_repeated_call_gets_the_same_response_and_makes_one_task() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let longest = "~".repeat(255);
    for (n, key) in [
        "k",
        "0",
        "\"quoted\"",
        "a,b;c=d!",
        "#$%&'*+.^_`|~",
        &longest,
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"title": format!("é 🦊 {n}"), "completed": true, "tags": ["a"]});
        let first = post(&server, &user, key, &body).await;
        first.assert_task(201, 1);
        assert!(first.header("location").is_some());
        server.advance_seconds(10);
        for _ in 0..2 {
            assert_same(&post(&server, &user, key, &body).await, &first);
        }
        assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), n + 1);
        assert_eq!(
            server.sort_keys(&user.id, "IDEMPOTENCY#").await.len(),
            n + 1
        );
    }
}

#[tokio::test]
async fn another_body_with_the_same_key_is_refused() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let first = post(&server, &user, "k", &body).await;
    first.assert_task(201, 1);
    for other in [
        json!({"title": "milk"}),
        json!({"title": "Milk "}),
        json!({"title": "Milk", "priority": "high"}),
        json!({"title": "Milk", "completed": true}),
        json!({"title": "Milk", "tags": ["a"]}),
        json!({"title": "Milk", "due_date": "2026-11-20"}),
    ] {
        let reply = post(&server, &user, "k", &other).await;
        reply.assert_refused(422, "IdempotencyMismatch");
    }
    // Validation comes before the comparison with the first body.
    let reply = post(&server, &user, "k", &json!({"title": ""})).await;
    reply.assert_refused_fields(&["title"]);
    assert_same(&post(&server, &user, "k", &body).await, &first);
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
}

#[tokio::test]
async fn another_key_or_no_key_makes_another_task() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let mut ids = Vec::new();
    for key in ["k", "K", "k2", "kk"] {
        let reply = post(&server, &user, key, &body).await;
        reply.assert_task(201, 1);
        ids.push(reply.task_id());
    }
    ids.push(server.create_task(&user, &body).await.task_id());
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn keys_of_different_users_are_independent() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    let adas = post(&server, &ada, "k", &json!({"title": "ada's"})).await;
    let bobs = post(&server, &bob, "k", &json!({"title": "bob's"})).await;
    adas.assert_task(201, 1);
    bobs.assert_task(201, 1);
    assert_eq!(bobs.body["user_id"], bob.id);
    let again = post(&server, &ada, "k", &json!({"title": "ada's"})).await;
    assert_same(&again, &adas);
    let again = post(&server, &bob, "k", &json!({"title": "bob's"})).await;
    assert_same(&again, &bobs);
    let mismatch = post(&server, &bob, "k", &json!({"title": "ada's"})).await;
    mismatch.assert_refused(422, "IdempotencyMismatch");
    assert_eq!(server.task_titles(&ada, "").await, ["ada's"]);
    assert_eq!(server.task_titles(&bob, "").await, ["bob's"]);
}

#[tokio::test]
async fn all_sessions_of_a_user_share_their_keys() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let first = post(&server, &user, "k", &body).await;
    let call = server.post("/api/auth/refresh").bearer(&user.token);
    let refreshed = call.send().await;
    let user = User {
        token: refreshed.token().to_owned(),
        ..user
    };
    assert_same(&post(&server, &user, "k", &body).await, &first);
}

#[tokio::test]
async fn a_replayed_response_is_the_original_and_restores_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let first = post(&server, &user, "k", &body).await;
    let task = format!("/{}", first.task_id());
    server.advance_seconds(60);
    let patch = server.tasks(&user, "PATCH", &task);
    let patched = patch.json(&json!({"title": "Bread"})).send().await;
    patched.assert_task(200, 2);
    assert_same(&post(&server, &user, "k", &body).await, &first);
    let read = server.read_task(&user, &task[1..]).await;
    assert_eq!(read.text, patched.text);

    let deleted = server.tasks(&user, "DELETE", &task).send().await;
    deleted.assert_without_body(204);
    assert_same(&post(&server, &user, "k", &body).await, &first);
    let read = server.read_task(&user, &task[1..]).await;
    read.assert_refused(404, "NotFound");
    assert!(server.sort_keys(&user.id, "TASK#").await.is_empty());
}

#[tokio::test]
async fn a_key_expires_after_a_day() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"title": "Milk"});
    let first = post(&server, &user, "k", &body).await;
    server.advance_seconds(86_399);
    assert_same(&post(&server, &user, "k", &body).await, &first);
    let other = json!({"title": "Bread"});
    let reply = post(&server, &user, "k", &other).await;
    reply.assert_refused(422, "IdempotencyMismatch");

    // DynamoDB can keep an expired item for days, so the product checks the expiry itself.
    server.advance_seconds(2);
    let second = post(&server, &user, "k", &other).await;
    second.assert_task(201, 1);
    assert_ne!(second.task_id(), first.task_id());
    assert_eq!(second.body["title"], "Bread");
    assert_same(&post(&server, &user, "k", &other).await, &second);
    let reply = post(&server, &user, "k", &body).await;
    reply.assert_refused(422, "IdempotencyMismatch");
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 2);
    assert_eq!(server.sort_keys(&user.id, "IDEMPOTENCY#").await.len(), 1);
}

#[tokio::test]
async fn a_refused_call_does_not_use_its_key() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let before = server.keys().await;
    let reply = post(&server, &user, "k", &json!({"title": ""})).await;
    reply.assert_refused_fields(&["title"]);
    let call = || {
        server
            .tasks(&user, "POST", "")
            .header("idempotency-key", "k")
    };
    let reply = call().bytes(b"{").send().await;
    reply.assert_refused(415, "UnsupportedMediaType");
    let reply = call().header("content-type", "application/json");
    let reply = reply.bytes(b"{").send().await;
    reply.assert_refused(400, "MalformedJson");
    assert_eq!(server.keys().await, before);
    let reply = post(&server, &user, "k", &json!({"title": "Milk"})).await;
    reply.assert_task(201, 1);
}

#[tokio::test]
async fn an_invalid_key_is_refused_by_name() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let before = server.keys().await;
    let too_long = "k".repeat(256);
    for key in ["", " ", "a b", "a\tb", "é", "🦊", &too_long] {
        let reply = post(&server, &user, key, &json!({"title": "Milk"})).await;
        assert_eq!(reply.status, 422, "{key:?}: {}", reply.text);
        reply.assert_refused_fields(&["Idempotency-Key"]);
        let body = json!({"title": "", "x": 1});
        let reply = post(&server, &user, key, &body).await;
        reply.assert_refused_fields(&["Idempotency-Key", "title", "x"]);
    }
    assert_eq!(server.keys().await, before);
}

#[tokio::test]
async fn the_table_has_no_plain_key_and_its_record_expires() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let key = "a-key-nobody-else-has";
    let reply = post(&server, &user, key, &json!({"title": "Milk"})).await;
    reply.assert_task(201, 1);
    let items = server.items().await;
    assert!(!format!("{items:?}").contains(key));
    let is_a = |item: &Item, kind: &str| item["sk"].as_s().unwrap().starts_with(kind);
    let record = items.iter().find(|item| is_a(item, "IDEMPOTENCY#"));
    let expires_at: i64 = record.unwrap()["expires_at"]
        .as_n()
        .unwrap()
        .parse()
        .unwrap();
    let lifetime = expires_at - server.now_seconds();
    assert!((86_400..=86_460).contains(&lifetime), "{lifetime}");
    // A task never expires.
    let task = items.iter().find(|item| is_a(item, "TASK#"));
    assert!(!task.unwrap().contains_key("expires_at"));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_calls_with_one_key_make_one_task_and_one_response() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for round in 0..5 {
        let (key, body) = (
            format!("k{round}"),
            json!({"title": format!("Milk {round}")}),
        );
        let calls = (0..20).map(|_| post(&server, &user, &key, &body));
        let replies = futures_util::future::join_all(calls).await;
        let first = replies.iter().find(|reply| reply.status == 201);
        let first = first.expect("one call creates the task");
        for reply in &replies {
            if reply.status == 409 {
                reply.assert_refused(409, "Conflict");
            } else {
                reply.assert_task(201, 1);
                assert_same(reply, first);
            }
        }
        assert_same(&post(&server, &user, &key, &body).await, first);
        assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), round + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_20_concurrent_bodies_with_one_key_wins() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bodies: Vec<Value> = (0..20)
        .map(|n| json!({"title": format!("task {n}")}))
        .collect();
    let calls = bodies.iter().map(|body| post(&server, &user, "k", body));
    let replies = futures_util::future::join_all(calls).await;
    let created = replies.iter().filter(|reply| reply.status == 201);
    assert_eq!(created.count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        let is_conflict = reply.status == 409;
        let (status, code) =
            [(422, "IdempotencyMismatch"), (409, "Conflict")][usize::from(is_conflict)];
        reply.assert_refused(status, code);
    }
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_calls_of_two_users_with_one_key_make_a_task_each() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    let body = json!({"title": "Milk"});
    let users = [&ada, &bob].into_iter().cycle().take(20);
    let calls = users.map(|user| post(&server, user, "k", &body));
    for reply in futures_util::future::join_all(calls).await {
        assert!([201, 409].contains(&reply.status), "{}", reply.text);
    }
    for user in [&ada, &bob] {
        assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
    }
}
