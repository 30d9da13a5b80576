//! The checks before a task is loaded: method, token, origin, path, and body.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::harness::{Call, PASSWORD, SECRET, Server, User, sign, valid_claims};

const LIST_METHODS: &str = "GET, POST, HEAD";
const TASK_METHODS: &str = "GET, PUT, PATCH, DELETE, HEAD";

const TASK: &str = "/01936f2a-0000-7000-8000-000000000000";

/// The method of every task call and the part of its path after `/tasks`.
const CALLS: [(&str, &str); 6] = [
    ("GET", ""),
    ("POST", ""),
    ("GET", TASK),
    ("PUT", TASK),
    ("PATCH", TASK),
    ("DELETE", TASK),
];

fn with_body(call: Call, method: &str) -> Call {
    if ["POST", "PUT", "PATCH"].contains(&method) {
        call.json(&json!({"title": "Milk"}))
    } else {
        call
    }
}

#[tokio::test]
async fn an_unsupported_method_is_refused_with_an_allow_header() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for user_id in [user.id.as_str(), "nonsense"] {
        for (suffix, allow) in [
            ("", LIST_METHODS),
            (TASK, TASK_METHODS),
            ("/nonsense", TASK_METHODS),
        ] {
            let path = format!("/api/{user_id}/tasks{suffix}");
            let allowed: Vec<&str> = allow.split(", ").collect();
            for method in [
                "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
            ] {
                let reply = server.call(method, &path).send().await;
                if allowed.contains(&method) {
                    assert_eq!(reply.status, 401, "{method} {path}");
                } else {
                    assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
                    reply.assert_refused(405, "MethodNotAllowed");
                }
            }
        }
    }
}

#[tokio::test]
async fn other_paths_are_not_found() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for path in [
        "/api/tasks".to_owned(),
        format!("/api/{}", user.id),
        format!("/api/{}/task", user.id),
        format!("/api/{}/tasks/", user.id),
        format!("/api/{}/TASKS", user.id),
        format!("/api/{}/tasks{TASK}/", user.id),
        format!("/api/{}/tasks{TASK}/tags", user.id),
        format!("/api/v1/{}/tasks", user.id),
        format!("/api//{}/tasks", user.id),
        "/api//tasks".to_owned(),
    ] {
        let reply = server.get(&path).bearer(&user.token).send().await;
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
        reply.assert_refused(404, "NotFound");
    }
}

#[tokio::test]
async fn checks_run_in_the_documented_order() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other_user = server.sign_up("b@example.com").await;
    let created = server.create_task(&user, &json!({"title": "x"})).await;
    let task = format!("/{}", created.task_id());
    let foreign = |call: Call| call.header("sec-fetch-site", "cross-site");
    let large = vec![b'x'; 65_537];
    let json_type = |call: Call| call.header("content-type", "application/json");

    for (method, suffix) in [("POST", ""), ("PUT", task.as_str()), ("PATCH", &task)] {
        let own_path = format!("/api/{}/tasks{suffix}", user.id);
        let other_path = format!("/api/{}/tasks{suffix}", other_user.id);
        let other_method = if suffix.is_empty() { "PUT" } else { "POST" };

        let call = foreign(server.call(other_method, &other_path)).cookie("x");
        let reply = call.bytes(&large).send().await;
        reply.assert_refused(405, "MethodNotAllowed");
        let call = foreign(server.call(method, &other_path)).cookie("x");
        let reply = call.bytes(&large).send().await;
        reply.assert_refused(401, "TokenMalformed");
        let call = foreign(server.call(method, &other_path)).cookie(&user.token);
        let reply = call.bytes(&large).send().await;
        reply.assert_refused(403, "ForeignOrigin");
        let call = server.call(method, &other_path).cookie(&user.token);
        let reply = call.bytes(&large).send().await;
        reply.assert_refused(403, "Forbidden");

        let call = || server.call(method, &own_path).cookie(&user.token);
        let reply = call().bytes(&large).send().await;
        reply.assert_refused(413, "PayloadTooLarge");
        let reply = call().bytes(b"{").send().await;
        reply.assert_refused(415, "UnsupportedMediaType");
        let reply = call().json(&json!({})).header("content-encoding", "gzip");
        let reply = reply.send().await;
        reply.assert_refused(415, "UnsupportedMediaType");
        let reply = json_type(call()).bytes(b"{").send().await;
        reply.assert_refused(400, "MalformedJson");
        let reply = json_type(call()).bytes(b"[]").send().await;
        reply.assert_refused(422, "ValidationFailed");
        let reply = json_type(call()).bytes(b"{\"x\":1}").send().await;
        reply.assert_refused(422, "ValidationFailed");
    }
    // 422, then 404, then 412.
    for method in ["PUT", "PATCH"] {
        let call = |task: &str, body: Value| {
            let call = server.tasks(&user, method, task);
            call.header("if-match", "\"7\"").json(&body).send()
        };
        let invalid_body = json!({"title": ""});
        call(TASK, invalid_body.clone())
            .await
            .assert_refused_fields(&["title"]);
        call(&task, invalid_body)
            .await
            .assert_refused_fields(&["title"]);
        let valid_body = json!({"title": "y"});
        let reply = call(TASK, valid_body.clone()).await;
        reply.assert_refused(404, "NotFound");
        let reply = call(&task, valid_body).await;
        reply.assert_refused(412, "PreconditionFailed");
    }
    let read = server.read_task(&user, &task[1..]).await;
    assert_eq!(read.text, created.text);
}

#[tokio::test]
async fn every_call_needs_a_valid_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut expired = valid_claims(&server, &user.id);
    expired.insert("exp".to_owned(), json!(server.now_seconds()));
    let expired = sign(&Value::Object(expired), SECRET);
    let forged = valid_claims(&server, &user.id);
    let forged = sign(
        &Value::Object(forged),
        "another secret of thirty-two bytes or more",
    );
    server.traffic.reset();
    for (method, suffix) in CALLS {
        let path = format!("/api/{}/tasks{suffix}", user.id);
        let call = || with_body(server.call(method, &path), method);
        call().send().await.assert_refused(401, "TokenMissing");
        for (token, code) in [
            ("nonsense", "TokenMalformed"),
            (expired.as_str(), "TokenExpired"),
            (&forged, "TokenSignatureInvalid"),
        ] {
            let reply = call().bearer(token).send().await;
            reply.assert_refused(401, code);
            let reply = call().cookie(token).send().await;
            reply.assert_refused(401, code);
        }
    }
    assert!(server.traffic.operations().is_empty());
}

#[tokio::test]
async fn suspended_logged_out_and_deleted_users_cannot_use_tasks() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let all_refused = async |user: &User, status: u16, code: &str| {
        for (method, suffix) in CALLS {
            let call = with_body(server.tasks(user, method, suffix), method);
            call.send().await.assert_refused(status, code);
        }
    };
    let suspend = |is_active: bool| {
        let value = AttributeValue::Bool(is_active);
        server.set_account_attribute(&user.id, "is_active", value)
    };
    suspend(false).await;
    all_refused(&user, 403, "AccountInactive").await;
    suspend(true).await;
    server.create_task(&user, &json!({"title": "x"})).await;

    let other = server.log_in(&user.email, PASSWORD).await;
    let other = User {
        id: user.id.clone(),
        token: other.token().to_owned(),
        email: user.email.clone(),
        session_id: String::new(),
    };
    let logout = server.post("/api/auth/logout").bearer(&other.token);
    assert_eq!(logout.send().await.status, 200);
    all_refused(&other, 401, "TokenRevoked").await;
    assert_eq!(server.task_titles(&user, "").await, ["x"]);

    let body = json!({"password": PASSWORD});
    let deletion = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    assert_eq!(deletion.json(&body).send().await.status, 200);
    all_refused(&user, 401, "TokenRevoked").await;
    assert!(server.keys().await.is_empty());
}

#[tokio::test]
async fn a_foreign_origin_can_read_but_not_write_with_a_cookie() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for (method, suffix) in CALLS {
            let path = format!("/api/{}/tasks{suffix}", user.id);
            let call = || with_body(server.call(method, &path), method).header(name, value);
            let by_cookie = call().cookie(&user.token).send().await;
            let by_bearer = call().bearer(&user.token).send().await;
            assert_ne!(by_bearer.code(), "ForeignOrigin");
            if method == "GET" {
                assert_eq!(by_cookie.status, by_bearer.status, "{}", by_cookie.text);
            } else {
                by_cookie.assert_refused(403, "ForeignOrigin");
            }
        }
    }
}

#[tokio::test]
async fn an_allowed_origin_may_use_every_method_and_read_the_headers() {
    let allowed_origin = "https://app.example.com";
    let server = Server::with(&[("ALLOWED_ORIGINS", allowed_origin)]).await;
    let user = server.sign_up("a@example.com").await;
    for (suffix, methods) in [("", LIST_METHODS), (TASK, TASK_METHODS)] {
        let path = format!("/api/{}/tasks{suffix}", user.id);
        let call = server
            .call("OPTIONS", &path)
            .header("origin", allowed_origin);
        let call = call.header("access-control-request-method", "GET");
        let reply = call.send().await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""));
        let allowed = reply.header("access-control-allow-methods");
        assert_eq!(allowed, Some(methods));
    }
    let call = server
        .tasks(&user, "POST", "")
        .header("origin", allowed_origin);
    let reply = call.json(&json!({"title": "x"})).send().await;
    reply.assert_task(201, 1);
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("ETag") && exposed.contains("Location"));
}
