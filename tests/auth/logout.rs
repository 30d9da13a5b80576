use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use crate::harness::{ConnectionFault, Server};

const CLEARED: &str = "__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure";

#[tokio::test]
async fn a_logout_ends_only_its_own_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, crate::harness::PASSWORD).await;
    let reply = server
        .post("/api/auth/logout")
        .bearer(&user.token)
        .send()
        .await;
    assert_eq!(reply.status, 200);
    reply.assert_common_headers();
    assert_eq!(reply.body, json!({"status": 200, "success": true}));
    assert_eq!(reply.cookie(), Some(CLEARED));
    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenRevoked");
    assert_eq!(server.me(other.token()).await.status, 200);
}

#[tokio::test]
async fn a_logout_revokes_every_token_of_the_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let newer = server
        .post("/api/auth/refresh")
        .bearer(&user.token)
        .send()
        .await;
    assert_eq!(
        server
            .post("/api/auth/logout")
            .bearer(newer.token())
            .send()
            .await
            .status,
        200
    );
    for token in [&user.token, newer.token()] {
        server.me(token).await.assert_refused(401, "TokenRevoked");
    }
    // The item of the ended session lives as long as its longest-lived token.
    server.advance_seconds(604_800 - 1);
    server
        .me(newer.token())
        .await
        .assert_refused(401, "TokenRevoked");
    server.advance_seconds(1);
    server
        .me(newer.token())
        .await
        .assert_refused(401, "TokenExpired");
}

#[tokio::test]
async fn a_logout_everywhere_ends_every_session_of_the_user() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, crate::harness::PASSWORD).await;
    let other_user = server.sign_up("b@example.com").await;
    let everywhere = json!({"everywhere": true});
    let reply = server
        .post("/api/auth/logout")
        .bearer(&user.token)
        .json(&everywhere)
        .send()
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.cookie(), Some(CLEARED));
    for token in [&user.token, other.token()] {
        server.me(token).await.assert_refused(401, "TokenRevoked");
    }
    assert_eq!(server.me(&other_user.token).await.status, 200);
    // A login in the same second gets a valid session.
    let again = server.log_in(&user.email, crate::harness::PASSWORD).await;
    assert_eq!(server.me(again.token()).await.status, 200);
}

#[tokio::test]
async fn the_later_of_two_concurrent_logouts_everywhere_succeeds_and_is_logged() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let before = server.log_keys().await.len();
    server.traffic.inject(ConnectionFault::Held(1));
    let call = server.post("/api/auth/logout").bearer(&user.token);
    let call = call.json(&json!({"everywhere": true}));
    let next_generation = AttributeValue::N("1".to_owned());
    let (reply, ()) = tokio::join!(
        call.send(),
        server.traffic.run_while_held(
            1,
            server.set_account_attribute(&user.id, "session_generation", next_generation)
        ),
    );
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.cookie(), Some(CLEARED));
    let expected = ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"];
    assert_eq!(server.traffic.operations(), expected);
    assert_eq!(server.log_keys().await.len(), before + 1);
    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn a_logout_of_a_suspended_account_ends_its_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, crate::harness::PASSWORD).await;
    set_active(&server, &user.id, false).await;
    let logout = server.post("/api/auth/logout").bearer(&user.token);
    let reply = logout.send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.cookie(), Some(CLEARED));
    let ended = server.me(&user.token).await;
    ended.assert_refused(401, "TokenRevoked");

    set_active(&server, &user.id, true).await;
    let ended = server.me(&user.token).await;
    ended.assert_refused(401, "TokenRevoked");
    assert_eq!(server.me(other.token()).await.status, 200);
}

#[tokio::test]
async fn a_logout_everywhere_of_a_suspended_account_ends_every_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, crate::harness::PASSWORD).await;
    set_active(&server, &user.id, false).await;
    let logout = server.post("/api/auth/logout").bearer(&user.token);
    let reply = logout.json(&json!({"everywhere": true})).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);

    set_active(&server, &user.id, true).await;
    for token in [&user.token, other.token()] {
        server.me(token).await.assert_refused(401, "TokenRevoked");
    }
}

/// An operator raises the generation when suspending.
#[tokio::test]
async fn a_suspension_ends_every_session_and_still_says_that_the_account_is_inactive() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let next_generation = AttributeValue::N("1".to_owned());
    server
        .set_account_attribute(&user.id, "session_generation", next_generation)
        .await;
    set_active(&server, &user.id, false).await;
    let refused = server.me(&user.token).await;
    refused.assert_refused(403, "AccountInactive");
    let logout = server.post("/api/auth/logout").bearer(&user.token);
    let reply = logout.send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.cookie(), Some(CLEARED));

    set_active(&server, &user.id, true).await;
    let revoked = server.me(&user.token).await;
    revoked.assert_refused(401, "TokenRevoked");
}

async fn set_active(server: &Server, user_id: &str, is_active: bool) {
    let is_active = AttributeValue::Bool(is_active);
    let set = server.set_account_attribute(user_id, "is_active", is_active);
    set.await;
}

#[tokio::test]
async fn a_revoked_token_ends_no_sessions() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, crate::harness::PASSWORD).await;
    assert_eq!(
        server
            .post("/api/auth/logout")
            .bearer(&user.token)
            .send()
            .await
            .status,
        200
    );
    let everywhere = json!({"everywhere": true});
    let reply = server
        .post("/api/auth/logout")
        .bearer(&user.token)
        .json(&everywhere)
        .send()
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(server.me(other.token()).await.status, 200);
}

#[tokio::test]
async fn a_logout_without_a_valid_session_gets_the_same_response() {
    let server = Server::start().await;
    let none = server.post("/api/auth/logout").send().await;
    let bad_bearer = server
        .post("/api/auth/logout")
        .bearer("nonsense")
        .send()
        .await;
    let bad_cookie = server
        .post("/api/auth/logout")
        .cookie("nonsense")
        .send()
        .await;
    let two_cookies = server
        .post("/api/auth/logout")
        .header("cookie", "__Host-session=a; __Host-session=b");
    for reply in [none, bad_bearer, bad_cookie, two_cookies.send().await] {
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.body, json!({"status": 200, "success": true}));
        assert_eq!(reply.cookie(), Some(CLEARED));
    }
}

#[tokio::test]
async fn the_logout_body_is_optional_and_validated() {
    let server = Server::start().await;
    let reply = server
        .post("/api/auth/logout")
        .json(&json!({"everywhere": "yes"}))
        .send()
        .await;
    reply.assert_refused_fields(&["everywhere"]);
    let reply = server
        .post("/api/auth/logout")
        .json(&json!({"all": true}))
        .send()
        .await;
    reply.assert_refused_fields(&["all"]);
    let reply = server.post("/api/auth/logout").bytes(b"{}").send().await;
    reply.assert_refused(415, "UnsupportedMediaType");
}

#[tokio::test]
async fn an_expired_session_item_is_ignored_before_the_table_deletes_it() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let text = |value: String| AttributeValue::S(value);
    for (seconds, status) in [(0, 200), (1, 401)] {
        let item = HashMap::from([
            ("pk".to_owned(), text(format!("USER#{}", user.id))),
            (
                "sk".to_owned(),
                text(format!("SESSION#{}", user.session_id)),
            ),
            (
                "expires_at".to_owned(),
                AttributeValue::N((server.now_seconds() + seconds).to_string()),
            ),
        ]);
        server.put(item).await;
        assert_eq!(server.me(&user.token).await.status, status);
    }
}
