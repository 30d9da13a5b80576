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

/// The body with the token of the last link of that purpose, where it names one.
async fn with_link_token(server: &Server, user_id: &str, mut body: Value) -> Value {
    for purpose in LinkPurpose::ALL {
        if body["token"] == purpose.as_str() {
            let token = server.link_token(user_id, purpose).await;
            body["token"] = json!(token.unwrap());
        }
    }
    body
}

/// Method, path, body, round trips and operations.
type Expected = (&'static str, &'static str, Value, usize, &'static str);

/// Makes one call after the other with the token of the last session.
async fn make(server: &Server, calls: impl IntoIterator<Item = Expected>) {
    let (mut token, mut user_id) = (String::new(), String::new());
    for (method, path, body, round_trips, operations) in calls {
        let body = with_link_token(server, &user_id, body).await;
        let reply = send(server, (method, path), &token, &body).await;
        assert!(reply.status < 300, "{path}: {}", reply.text);
        assert_eq!(server.traffic.operations().join(" "), operations, "{path}");
        assert_eq!(server.traffic.round_trips(), round_trips, "{path}");
        if let Some(new) = reply.body["session"]["token"].as_str() {
            new.clone_into(&mut token);
        }
        if let Some(id) = reply.body["user"]["id"].as_str() {
            id.clone_into(&mut user_id);
        }
    }
}

#[tokio::test]
async fn calls_make_the_documented_round_trips() {
    let server = Server::with_mail().await;
    let signup = json!({"email": "a@example.com", "password": PASSWORD});
    let change = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    let calls = [
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
            "GET",
            "/api/auth/me/export",
            Value::Null,
            4,
            "BatchGetItem Query Query Query",
        ),
        (
            "GET",
            "/api/auth/me/sessions",
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
            5,
            "BatchGetItem UpdateItem BatchWriteItem UpdateItem TransactWriteItems",
        ),
        (
            "DELETE",
            "/api/auth/me/sessions",
            Value::Null,
            2,
            "BatchGetItem UpdateItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/logout",
            Value::Null,
            2,
            "BatchGetItem TransactWriteItems",
        ),
    ];
    make(&server, calls).await;
}

/// The record is read with the account, so the end of another session costs what a logout costs.
#[tokio::test]
async fn the_end_of_a_session_makes_the_documented_round_trips() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let path = |id: &str| format!("/api/auth/me/sessions/{id}");
    let of_another = path(other.body["session"]["id"].as_str().unwrap());
    for (path, status, round_trips, operations) in [
        (path("unknown"), 404, 1, "BatchGetItem"),
        (path("%C3%A9"), 404, 1, "BatchGetItem"),
        (of_another, 200, 2, "BatchGetItem TransactWriteItems"),
        (
            path(&user.session_id),
            200,
            2,
            "BatchGetItem TransactWriteItems",
        ),
    ] {
        let reply = send(&server, ("DELETE", &path), &user.token, &Value::Null).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        assert_eq!(server.traffic.operations().join(" "), operations, "{path}");
        assert_eq!(server.traffic.round_trips(), round_trips, "{path}");
    }
}

#[tokio::test]
async fn calls_about_mail_make_the_documented_round_trips() {
    let server = Server::with_mail().await;
    let calls = [
        (
            "POST",
            "/api/auth/signup",
            json!({"email": "a@example.com", "password": PASSWORD}),
            2,
            "UpdateItem TransactWriteItems",
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
            json!({"new_email": "b@example.com", "password": PASSWORD}),
            7,
            "BatchGetItem UpdateItem UpdateItem BatchWriteItem UpdateItem GetItem UpdateItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/email/verify",
            json!({"token": "verify-email"}),
            2,
            "BatchGetItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/password/forgot",
            json!({"email": "a@example.com"}),
            3,
            "UpdateItem GetItem UpdateItem UpdateItem GetItem TransactWriteItems",
        ),
        (
            "POST",
            "/api/auth/password/reset",
            json!({"token": "reset-password", "new_password": "quite another password"}),
            2,
            "BatchGetItem TransactWriteItems",
        ),
    ];
    make(&server, calls).await;
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
    for (method, path) in [
        ("GET", "/api/auth/me/sessions"),
        ("DELETE", "/api/auth/me/sessions"),
        ("DELETE", "/api/auth/me/sessions/unknown"),
    ] {
        let refused = server.call(method, path).send().await;
        refused.assert_refused(401, "TokenMissing");
    }
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
    let reset = json!({"token": "nonsense", "new_password": "a much better password"});
    for body in [json!({}), reset] {
        let call = server.post("/api/auth/password/reset").json(&body);
        assert!(call.send().await.status < 500);
    }
    let call = server.post("/api/auth/password/forgot").json(&json!({}));
    call.send()
        .await
        .assert_refused_fields(&["email", "username"]);
    assert!(server.traffic.operations().is_empty());
}
