use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::harness::{ConnectionFault, PASSWORD, Reply, Server};

async fn delete(server: &Server, token: &str, password: &str) -> Reply {
    let body = json!({"password": password});
    server
        .call("DELETE", "/api/auth/me")
        .bearer(token)
        .json(&body)
        .send()
        .await
}

#[tokio::test]
async fn a_deletion_removes_all_items_and_frees_the_email() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("a@example.com", json!({"username": "ada"}))
        .await;
    let other_user = server.sign_up("b@example.com").await;
    let other_users_keys: Vec<String> = server
        .keys()
        .await
        .into_iter()
        .filter(|key| {
            key.contains(&other_user.id) || key.contains("b@example.com") || key.contains("user_")
        })
        .collect();
    let ended = server.log_in(&user.email, PASSWORD).await;
    server
        .post("/api/auth/logout")
        .bearer(ended.token())
        .send()
        .await;
    server
        .post("/api/auth/refresh")
        .bearer(&user.token)
        .send()
        .await;

    delete(&server, &user.token, "not the one")
        .await
        .assert_refused(403, "WrongPassword");
    let reply = delete(&server, &user.token, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body, json!({"status": 200, "success": true}));
    assert!(
        reply
            .cookie()
            .unwrap()
            .starts_with("__Host-session=; Path=/; Max-Age=0;")
    );
    assert_eq!(server.keys().await, other_users_keys);
    let has_user_id = |key: &String| key.contains(&user.id);
    assert!(!server.all_keys().await.iter().any(has_user_id));

    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenRevoked");
    server
        .log_in(&user.email, PASSWORD)
        .await
        .assert_refused(401, "InvalidCredentials");
    delete(&server, &user.token, PASSWORD)
        .await
        .assert_refused(401, "TokenRevoked");
    let again = server
        .sign_up_with("A@example.com", json!({"username": "Ada"}))
        .await;
    assert_ne!(again.id, user.id);
    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn a_deletion_removes_more_items_than_a_page_or_batch_holds() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for n in 0..120 {
        let text = |value: String| AttributeValue::S(value);
        server
            .put(HashMap::from([
                ("pk".to_owned(), text(format!("TASKS#{}", user.id))),
                ("sk".to_owned(), text(format!("TASK#{n:04}"))),
                ("filler".to_owned(), text("x".repeat(20_000))),
            ]))
            .await;
    }
    assert_eq!(delete(&server, &user.token, PASSWORD).await.status, 200);
    assert!(server.keys().await.is_empty());
}

/// Interrupts the deletion before and after each of its store requests.
#[tokio::test]
async fn the_next_call_completes_an_interrupted_deletion() {
    for cut in 0..12 {
        for fault in [
            ConnectionFault::LostFrom(cut),
            ConnectionFault::LostAfter(cut),
        ] {
            let server = Server::start().await;
            let user = server.sign_up("a@example.com").await;
            server
                .post("/api/auth/refresh")
                .bearer(&user.token)
                .send()
                .await;
            server.traffic.inject(fault);
            let reply = delete(&server, &user.token, PASSWORD).await;
            let was_interrupted = reply.status != 200;
            if was_interrupted {
                reply.assert_refused(503, "Unavailable");
                assert_eq!(reply.header("retry-after"), Some("1"));
            }
            server.traffic.reset();
            server.assert_claims_and_accounts_agree().await;

            let deletion_began = server
                .account(&user.id)
                .await
                .is_some_and(|account| account["is_leaving"] == AttributeValue::Bool(true));
            if deletion_began {
                server
                    .log_in(&user.email, "not the one")
                    .await
                    .assert_refused(401, "InvalidCredentials");
                server
                    .me(&user.token)
                    .await
                    .assert_refused(401, "TokenRevoked");
                let refresh = server
                    .post("/api/auth/refresh")
                    .bearer(&user.token)
                    .send()
                    .await;
                refresh.assert_refused(401, "TokenRevoked");
                let taken = json!({"email": user.email, "password": PASSWORD});
                let taken = server.post("/api/auth/signup").json(&taken).send().await;
                taken.assert_refused(409, "EmailTaken");
                delete(&server, &user.token, "not the one")
                    .await
                    .assert_refused(403, "WrongPassword");
            }
            let again = delete(&server, &user.token, PASSWORD).await;
            assert!(
                [200, 401].contains(&again.status),
                "{fault:?}: {}",
                again.text
            );
            assert!(
                server.keys().await.is_empty(),
                "{fault:?}: {:?}",
                server.keys().await
            );
            server.sign_up("a@example.com").await;
            if !was_interrupted && fault == ConnectionFault::LostAfter(cut) {
                return;
            }
        }
    }
    panic!("a deletion makes more store requests than this test interrupts");
}

#[tokio::test]
async fn a_deletion_with_a_lost_response_succeeds() {
    for lost in 0..11 {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        let reply = delete(&server, &user.token, PASSWORD).await;
        assert_eq!(reply.status, 200, "{lost}: {}", reply.text);
        assert!(server.keys().await.is_empty());
    }
}

#[tokio::test]
async fn a_deletion_needs_the_password() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let call = || server.call("DELETE", "/api/auth/me").bearer(&user.token);
    call()
        .send()
        .await
        .assert_refused(415, "UnsupportedMediaType");
    call()
        .json(&json!({}))
        .send()
        .await
        .assert_refused_fields(&["password"]);
    call()
        .json(&json!({"password": Value::Null}))
        .send()
        .await
        .assert_refused_fields(&["password"]);
    assert_eq!(server.me(&user.token).await.status, 200);
}

/// With the right password, too: the owner has nothing to do for the deletion any more.
#[tokio::test]
async fn a_login_during_a_deletion_makes_the_requests_and_the_answer_of_an_unknown_name() {
    let server = Server::start().await;
    for email in ["a@example.com", "b@example.com"] {
        let user = server.sign_up(email).await;
        server
            .set_account_attribute(&user.id, "is_leaving", AttributeValue::Bool(true))
            .await;
    }
    let before = (server.keys().await, server.log_keys().await);
    let mut seen = Vec::new();
    for (email, password) in [
        ("x@example.com", PASSWORD),
        ("a@example.com", PASSWORD),
        ("b@example.com", "not the one"),
    ] {
        server.traffic.reset();
        let mut reply = server.log_in(email, password).await;
        reply.assert_refused(401, "InvalidCredentials");
        for random in ["request_id", "timestamp"] {
            reply.body[random].take();
        }
        let mut requests = server.traffic.operations();
        requests.sort();
        seen.push((reply.body, requests, server.traffic.round_trips()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    // A log entry of the login would outlive the account.
    assert_eq!((server.keys().await, server.log_keys().await), before);
}

/// Each call loads its session before the deletion begins, and its write arrives after that.
#[tokio::test]
async fn a_write_that_arrives_after_a_deletion_began_leaves_nothing() {
    let new = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    for (method, path, body, write, status, code) in [
        (
            "POST",
            "/api/{id}/tasks",
            json!({"title": "Milk"}),
            1,
            401,
            "TokenRevoked",
        ),
        (
            "POST",
            "/api/auth/refresh",
            json!({}),
            2,
            401,
            "TokenRevoked",
        ),
        ("POST", "/api/auth/logout", json!({}), 1, 200, "none"),
        (
            "PATCH",
            "/api/auth/me",
            json!({"username": "ada"}),
            1,
            409,
            "Conflict",
        ),
        ("POST", "/api/auth/me/password", new, 3, 409, "Conflict"),
    ] {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let before = (server.keys().await, server.log_keys().await);
        server.traffic.inject(ConnectionFault::Held(write));
        let call = server
            .call(method, &path.replace("{id}", &user.id))
            .json(&body);
        let deletion_mark = AttributeValue::Bool(true);
        let (reply, ()) = tokio::join!(
            call.bearer(&user.token).send(),
            server.traffic.run_while_held(
                write,
                server.set_account_attribute(&user.id, "is_leaving", deletion_mark)
            ),
        );
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{method} {path}"
        );
        let after = (server.keys().await, server.log_keys().await);
        assert_eq!(after, before, "{method} {path}");
    }
}
