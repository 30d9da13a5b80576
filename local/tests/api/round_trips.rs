//! How many requests to DynamoDB a call makes, counted at the SDK's HTTP client.

use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[tokio::test]
async fn no_call_makes_more_round_trips_than_documented() {
    let server = Server::start().await;
    let wire = &server.wire;
    let member = server.sign_up("a@example.com").await;
    assert_eq!(wire.operations(), ["TransactWriteItems"], "sign-up");

    wire.reset();
    assert_eq!(server.log_in(&member.email, PASSWORD).await.status, 200);
    assert_eq!(wire.operations(), ["GetItem", "GetItem"], "login");

    wire.reset();
    assert_eq!(server.me(&member.token).await.status, 200);
    assert_eq!(wire.operations(), ["BatchGetItem"], "me");

    wire.reset();
    let refreshed = server
        .post("/api/auth/refresh")
        .bearer(&member.token)
        .send()
        .await;
    assert_eq!(
        wire.operations(),
        ["BatchGetItem", "TransactWriteItems"],
        "refresh"
    );

    wire.reset();
    let body = json!({"username": "ada"});
    let token = refreshed.token();
    let patched = server
        .call("PATCH", "/api/auth/me")
        .bearer(token)
        .json(&body)
        .send()
        .await;
    assert_eq!(patched.status, 200);
    assert_eq!(
        wire.operations(),
        ["BatchGetItem", "TransactWriteItems"],
        "patch"
    );

    wire.reset();
    let body = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    let changed = server
        .post("/api/auth/me/password")
        .bearer(token)
        .json(&body)
        .send()
        .await;
    assert_eq!(
        wire.operations(),
        ["BatchGetItem", "TransactWriteItems"],
        "password"
    );

    wire.reset();
    let reply = server
        .post("/api/auth/logout")
        .bearer(changed.token())
        .send()
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        wire.operations(),
        ["BatchGetItem", "TransactWriteItems"],
        "logout"
    );
}

#[tokio::test]
async fn a_bad_token_or_form_never_reaches_the_database() {
    let server = Server::start().await;
    server
        .me("nonsense")
        .await
        .assert_refused(401, "TokenMalformed");
    server
        .get("/api/auth/me")
        .send()
        .await
        .assert_refused(401, "TokenMissing");
    server.post("/api/auth/logout").send().await;
    server.post("/api/auth/login").json(&json!({})).send().await;
    server
        .post("/api/auth/signup")
        .json(&json!({}))
        .send()
        .await;
    assert!(server.wire.operations().is_empty());
}
