//! The process dies between two store requests, or the response to one is lost.

use std::time::Duration;

use serde_json::json;
use shared::{
    Entropy,
    mail::LinkPurpose,
    store::{Connection, Store},
};

use crate::harness::{ConnectionFault, MAIL, PASSWORD, Server};

#[tokio::test]
async fn an_interrupted_signup_leaves_nothing_or_a_working_account() {
    for fault in [
        ConnectionFault::LostFrom(0),
        ConnectionFault::LostAfter(0),
        ConnectionFault::LostFrom(1),
        ConnectionFault::LostAfter(1),
        ConnectionFault::LostFrom(2),
        ConnectionFault::LostAfter(2),
    ] {
        let server = Server::start().await;
        let body = json!({"email": "a@example.com", "password": PASSWORD, "username": "ada"});
        server.traffic.inject(fault);
        let reply = server.post("/api/auth/signup").json(&body).send().await;
        if reply.status != 201 {
            reply.assert_refused(503, "Unavailable");
        }
        server.traffic.reset();
        server.assert_claims_and_accounts_agree().await;

        let again = server.post("/api/auth/signup").json(&body).send().await;
        if server.keys().await.len() == 4 && again.status == 409 {
            again.assert_refused(409, "EmailTaken");
        } else {
            assert_eq!(again.status, 201, "{fault:?}: {}", again.text);
        }
        assert_eq!(
            server.log_in("a@example.com", PASSWORD).await.status,
            200,
            "{fault:?}"
        );
        // The account, its two claims, and the sessions of sign-up and login.
        assert_eq!(server.keys().await.len(), 5);
    }
}

#[tokio::test]
async fn the_sdk_repeats_a_signup_with_a_lost_response() {
    let server = Server::start().await;
    server.traffic.inject(ConnectionFault::ResponseLost(1));
    let user = server.sign_up("a@example.com").await;
    assert_eq!(
        server.traffic.operations(),
        ["UpdateItem", "TransactWriteItems", "TransactWriteItems"]
    );
    assert_eq!(server.keys().await.len(), 4);
    assert_eq!(server.me(&user.token).await.status, 200);
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn every_call_succeeds_with_one_lost_response() {
    let new = "a much better password";
    let change = json!({"current_password": PASSWORD, "new_password": new});
    let login = json!({"email": "a@example.com", "password": PASSWORD});
    for (method, path, body) in [
        ("POST", "/api/auth/login", login),
        ("POST", "/api/auth/refresh", json!({})),
        ("POST", "/api/auth/logout", json!({})),
        ("POST", "/api/auth/logout", json!({"everywhere": true})),
        ("PATCH", "/api/auth/me", json!({"username": "ada"})),
        ("POST", "/api/auth/me/password", change),
        ("DELETE", "/api/auth/me/sessions", json!({})),
    ] {
        for lost in 0.. {
            let server = Server::start().await;
            let user = server.sign_up("a@example.com").await;
            server.traffic.inject(ConnectionFault::ResponseLost(lost));
            let reply = server
                .call(method, path)
                .bearer(&user.token)
                .json(&body)
                .send()
                .await;
            assert_eq!(reply.status, 200, "{method} {path} {lost}: {}", reply.text);
            server.assert_claims_and_accounts_agree().await;
            // One entry of the sign-up and at most one of this call. A retry adds no entry.
            let entries = server.log_keys().await.len();
            assert_eq!(
                entries,
                if method == "PATCH" { 1 } else { 2 },
                "{path} {lost}"
            );
            if server.traffic.operations().len() <= lost {
                assert!(lost >= 2, "{method} {path}");
                break;
            }
        }
    }
}

/// Every store request of a call loses its response once, and then the process dies before or after it.
fn faults() -> impl Iterator<Item = ConnectionFault> {
    (0..7).flat_map(|n| {
        [
            ConnectionFault::ResponseLost(n),
            ConnectionFault::LostFrom(n),
            ConnectionFault::LostAfter(n),
        ]
    })
}

#[tokio::test]
async fn an_interrupted_forgotten_password_owes_its_mail_with_its_link_or_neither() {
    for fault in faults() {
        let server = Server::with_mail().await;
        let user = server.sign_up("a@example.com").await;
        server.traffic.inject(fault);
        let body = json!({"email": user.email});
        let call = server.post("/api/auth/password/forgot").json(&body);
        let reply = call.send().await;
        server.traffic.reset();
        let owed = server.owed_mails(&user.id).await;
        let mails = owed.iter().filter(|mail| mail.kind == "reset-password");
        let mails = mails.count();
        let token = server
            .link_token(&user.id, LinkPurpose::ResetPassword)
            .await;
        assert_eq!(mails, usize::from(token.is_some()), "{fault:?}");
        if matches!(fault, ConnectionFault::ResponseLost(_)) || reply.status != 503 {
            assert_eq!((reply.status, mails), (202, 1), "{fault:?}");
        } else {
            reply.assert_refused(503, "Unavailable");
        }
    }
}

#[tokio::test]
async fn an_interrupted_reset_changes_all_or_nothing() {
    let new = "a much better password";
    for fault in faults() {
        let server = Server::with_mail().await;
        let user = server.sign_up("a@example.com").await;
        let forgotten = json!({"email": user.email});
        let call = server.post("/api/auth/password/forgot").json(&forgotten);
        assert_eq!(call.send().await.status, 202);
        let token = server
            .link_token(&user.id, LinkPurpose::ResetPassword)
            .await;
        let body = json!({"token": token.unwrap(), "new_password": new});
        let call = || server.post("/api/auth/password/reset").json(&body);
        server.traffic.inject(fault);
        let reply = call().send().await;
        server.traffic.reset();

        let is_changed = server.log_in(&user.email, new).await.status == 200;
        let owed = server.owed_mails(&user.id).await;
        let is_told = owed.iter().any(|mail| mail.kind == "password-changed");
        let is_alive = server.me(&user.token).await.status == 200;
        assert_eq!((is_told, is_alive), (is_changed, !is_changed), "{fault:?}");
        if matches!(fault, ConnectionFault::ResponseLost(_)) || reply.status != 503 {
            assert_eq!((reply.status, is_changed), (200, true), "{fault:?}");
        } else {
            reply.assert_refused(503, "Unavailable");
        }
        let again = call().send().await.status;
        assert_eq!(again, if is_changed { 400 } else { 200 }, "{fault:?}");
    }
}

#[tokio::test]
async fn an_interrupted_signup_in_silence_makes_the_account_or_tells_its_owner_or_neither() {
    for taken in [false, true] {
        for fault in faults() {
            let server = Server::with(&[
                MAIL[0],
                MAIL[1],
                ("REQUIRE_VERIFIED_EMAIL", "true"),
                ("LINKS_PER_ACCOUNT_PER_HOUR", "10"),
            ])
            .await;
            let body = json!({"email": "a@example.com", "password": PASSWORD});
            let call = || server.post("/api/auth/signup").json(&body);
            if taken {
                assert_eq!(call().send().await.status, 202);
            }
            let mails = async || {
                let keys = server.keys().await;
                keys.iter().filter(|key| key.contains(" MAIL#")).count()
            };
            let before = mails().await;
            server.traffic.inject(fault);
            let reply = call().send().await;
            server.traffic.reset();
            let is_done = mails().await > before;
            if matches!(fault, ConnectionFault::ResponseLost(_)) || reply.status != 503 {
                assert_eq!((reply.status, is_done), (202, true), "{taken} {fault:?}");
            } else {
                reply.assert_refused(503, "Unavailable");
            }
            server.assert_claims_and_accounts_agree().await;
            assert_eq!(call().send().await.status, 202, "{taken} {fault:?}");
            let login = server.log_in("a@example.com", PASSWORD).await;
            login.assert_refused(403, "EmailNotVerified");
        }
    }
}

#[tokio::test]
async fn calls_return_503_within_three_seconds_without_the_store() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let login = json!({"email": "a@example.com", "password": PASSWORD});
    server.traffic.inject(ConnectionFault::LostFrom(0));
    for call in [
        server.get("/api/auth/me").bearer(&user.token),
        server.get("/api/auth/me/export").bearer(&user.token),
        server.post("/api/auth/login").json(&login),
        server.post("/api/auth/refresh").bearer(&user.token),
        // A failed logout must not look like a successful one.
        server.post("/api/auth/logout").bearer(&user.token),
        server.get("/api/auth/me/sessions").bearer(&user.token),
        server
            .call("DELETE", "/api/auth/me/sessions")
            .bearer(&user.token),
        // Nor may a session seem to be unknown.
        server
            .call("DELETE", "/api/auth/me/sessions/unknown")
            .bearer(&user.token),
    ] {
        let reply = tokio::time::timeout(Duration::from_secs(3), call.send()).await;
        let reply = reply.expect("a response within three seconds");
        reply.assert_refused(503, "Unavailable");
        assert_eq!(reply.header("retry-after"), Some("1"));
    }
    // An error that needs no store request stays the same.
    server
        .me("nonsense")
        .await
        .assert_refused(401, "TokenMalformed");
    server.traffic.reset();
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn a_store_request_without_a_response_times_out() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let store = Store::new(
        &Connection::to_local(&endpoint),
        "latchkey",
        Entropy::system(),
    );
    let lookup = store.account(uuid::Uuid::nil());
    // Three consecutive store requests must fit in three seconds.
    let answer = tokio::time::timeout(Duration::from_secs(1), lookup).await;
    let cause = answer
        .expect("a response within a second")
        .unwrap_err()
        .cause();
    assert_eq!(cause, Some("the store did not answer in time"));
}
