//! The number of store requests and sequential round trips of each call, counted at the SDK's HTTP client.

use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{PASSWORD, Reply, Server};

async fn send(server: &Server, (method, path): (&str, &str), token: &str, body: &Value) -> Reply {
    server.traffic.reset();
    let call = server.call(method, path);
    let call = if token.is_empty() {
        call
    } else {
        call.bearer(token)
    };
    let call = if body.is_null() {
        call
    } else {
        call.json(body)
    };
    call.send().await
}

#[tokio::test]
async fn calls_make_the_documented_round_trips() {
    let server = Server::with_mail().await;
    let signup = json!({"email": "a@example.com", "password": PASSWORD});
    let change = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    let (mut token, mut user_id) = (String::new(), String::new());
    for (method, path, mut body, round_trips, operations) in [
        (
            "POST",
            "/api/auth/signup",
            signup.clone(),
            2,
            "UpdateItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/login",
            signup,
            3,
            "UpdateItem GetItem UpdateItem GetItem TransactWriteItems",
        ),
        ("GET", "/api/auth/me", Value::Null, 1, "BatchGetItem"),
        (
            "GET",
            "/api/auth/me/activity",
            Value::Null,
            1,
            "BatchGetItem Query",
        ),
        (
            "POST",
            "/api/auth/refresh",
            Value::Null,
            2,
            "BatchGetItem UpdateItem TransactWriteItems",
        ),
        (
            "PATCH",
            "/api/auth/me",
            json!({"username": "ada"}),
            3,
            "BatchGetItem UpdateItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/me/password",
            change,
            4,
            "BatchGetItem UpdateItem BatchWriteItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/email/resend",
            Value::Null,
            4,
            "BatchGetItem UpdateItem UpdateItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/me/email",
            json!({"new_email": "b@example.com", "password": "a much better password"}),
            6,
            "BatchGetItem UpdateItem UpdateItem BatchWriteItem UpdateItem GetItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/email/verify",
            json!({"token": null}),
            2,
            "BatchGetItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/logout",
            Value::Null,
            2,
            "BatchGetItem TransactWriteItems",
        ),
    ] {
        if body.get("token").is_some() {
            let link = server.link_token(&user_id, LinkPurpose::VerifyEmail);
            body["token"] = json!(link.await);
        }
        let reply = send(&server, (method, path), &token, &body).await;
        assert!(reply.status < 300, "{path}: {}", reply.text);
        assert_eq!(server.traffic.operations().join(" "), operations, "{path}");
        assert_eq!(server.traffic.round_trips(), round_trips, "{path}");
        if let Some(new) = reply.body["session"]["token"].as_str() {
            token = new.to_owned();
        }
        if let Some(id) = reply.body["user"]["id"].as_str() {
            user_id = id.to_owned();
        }
    }
}

#[tokio::test]
async fn invalid_tokens_and_bodies_make_no_store_request() {
    let server = Server::with_mail().await;
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
    for call in ["/api/auth/email/resend", "/api/auth/me/email"] {
        let refused = server.post(call).json(&json!({})).send().await;
        refused.assert_refused(401, "TokenMissing");
    }
    let link = json!({"token": "nonsense"});
    let refused = server
        .post("/api/auth/email/verify")
        .json(&link)
        .send()
        .await;
    refused.assert_refused(400, "LinkInvalid");
    assert!(server.traffic.operations().is_empty());
}
