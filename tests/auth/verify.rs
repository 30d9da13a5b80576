//! `POST email/verify` and `POST email/resend`.

use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{MAIL, PASSWORD, Reply, Server, assert_timestamp};

const RESEND: &str = "/api/auth/email/resend";

async fn resend(server: &Server, token: &str) -> Reply {
    server.post(RESEND).bearer(token).send().await
}

async fn verify(server: &Server, link_token: &str) -> Reply {
    let body = json!({"token": link_token});
    let call = server.post("/api/auth/email/verify").json(&body);
    call.send().await
}

async fn link_token(server: &Server, user_id: &str) -> String {
    let token = server.link_token(user_id, LinkPurpose::VerifyEmail).await;
    token.unwrap()
}

async fn owed_kinds(server: &Server, user_id: &str) -> Vec<String> {
    let owed = server.owed_mails(user_id).await;
    owed.into_iter().map(|mail| mail.kind).collect()
}

#[tokio::test]
async fn the_link_of_a_signup_verifies_the_email_under_both_prefixes() {
    let server = Server::with_mail().await;
    for (email, prefix) in [
        ("ada@example.com", "/api/auth"),
        ("b@example.com", "/api/v1/auth"),
    ] {
        let user = server.sign_up(email).await;
        let link = json!({"token": link_token(&server, &user.id).await});
        server.advance_seconds(1);
        let call = server.post(&format!("{prefix}/email/verify"));
        let reply = call.json(&link).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.assert_common_headers();
        assert!(reply.cookie().is_none() && reply.device_cookie().is_none());
        let me = server.me(&user.token).await;
        assert_eq!(me.body["user"]["email_verified"], true);
        assert_timestamp(&me.body["user"]["updated_at"]);
        assert_ne!(me.body["user"]["updated_at"], me.body["user"]["created_at"]);
        let expected = json!({"status": 200, "success": true, "user": me.body["user"]});
        assert_eq!(reply.body, expected);
    }
}

#[tokio::test]
async fn a_resent_link_replaces_the_one_before() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let first = link_token(&server, &user.id).await;
    let reply = resend(&server, &user.token).await;
    reply.assert_common_headers();
    assert_eq!(reply.text, r#"{"status":202,"success":true}"#);
    assert_eq!(reply.status, 202);
    assert_eq!(
        owed_kinds(&server, &user.id).await,
        ["verify-email", "verify-email"]
    );
    for mail in server.owed_mails(&user.id).await {
        assert_eq!(mail.to, "ada@example.com");
    }
    let second = link_token(&server, &user.id).await;
    let refused = verify(&server, &first).await;
    refused.assert_refused(400, "LinkInvalid");
    assert_eq!(verify(&server, &second).await.status, 200);
}

#[tokio::test]
async fn nothing_is_written_for_an_email_that_is_verified_already() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = link_token(&server, &user.id).await;
    assert_eq!(verify(&server, &link).await.status, 200);
    let before = server.all_keys().await;
    server.traffic.reset();
    // Nothing counts either: the limit of one account is three.
    for _ in 0..5 {
        let reply = resend(&server, &user.token).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.text, r#"{"status":200,"success":true}"#);
    }
    assert_eq!(server.traffic.operations(), ["BatchGetItem"; 5]);
    assert_eq!(server.all_keys().await, before);
}

#[tokio::test]
async fn a_link_of_before_is_good_for_an_email_that_an_operator_has_verified() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = link_token(&server, &user.id).await;
    let yes = aws_sdk_dynamodb::types::AttributeValue::Bool(true);
    server
        .set_account_attribute(&user.id, "email_verified", yes)
        .await;
    let reply = verify(&server, &link).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["user"]["email_verified"], true);
}

#[tokio::test]
async fn the_calls_do_not_exist_without_mail() {
    let server = Server::start().await;
    let user = server.sign_up("ada@example.com").await;
    let body = json!({"new_email": "b@example.com", "password": PASSWORD});
    let before = server.all_keys().await;
    for path in [RESEND, "/api/auth/email/verify", "/api/v1/auth/me/email"] {
        for call in [
            server.post(path),
            server.post(path).bearer(&user.token).json(&body),
            server
                .post(path)
                .header("sec-fetch-site", "cross-site")
                .bytes(b"{"),
        ] {
            call.send().await.assert_refused(404, "NotFound");
        }
    }
    assert_eq!(server.all_keys().await, before);
}

#[tokio::test]
async fn bodies_are_checked() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let call = || server.post(RESEND).bearer(&user.token);
    let refused = call().json(&json!({"email": "b@example.com"})).send().await;
    refused.assert_refused_fields(&["email"]);
    assert_eq!(call().json(&json!({})).send().await.status, 202);
    server
        .post(RESEND)
        .send()
        .await
        .assert_refused(401, "TokenMissing");

    let call = || server.post("/api/auth/email/verify");
    for (body, fields) in [
        (json!({}), vec!["token"]),
        (json!({"token": null}), vec!["token"]),
        (json!({"token": 7, "extra": 1}), vec!["extra", "token"]),
    ] {
        let refused = call().json(&body).send().await;
        refused.assert_refused_fields(&fields);
    }
    let refused = call().send().await;
    refused.assert_refused(415, "UnsupportedMediaType");
}

#[tokio::test]
async fn links_are_limited_by_account() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let other = server.sign_up("b@example.com").await;
    for _ in 0..3 {
        assert_eq!(resend(&server, &user.token).await.status, 202);
    }
    let before = server.all_keys().await;
    let refused = resend(&server, &user.token).await;
    refused.assert_refused(429, "TooManyRequests");
    // The hour ends at full hours. The tests' clock begins at one.
    assert_eq!(refused.header("retry-after"), Some("3600"));
    assert_eq!(server.all_keys().await, before);
    // Other accounts and other links are counted by themselves.
    assert_eq!(resend(&server, &other.token).await.status, 202);
    let change = json!({"new_email": "c@example.com", "password": PASSWORD});
    let change = server.post("/api/auth/me/email").json(&change);
    assert_eq!(change.bearer(&user.token).send().await.status, 202);
    server.advance_seconds(3600);
    assert_eq!(resend(&server, &user.token).await.status, 202);
}

#[tokio::test]
async fn links_are_limited_by_address() {
    let server = Server::with(&[MAIL[0], MAIL[1], ("LINKS_PER_ADDRESS_PER_HOUR", "2")]).await;
    let mut tokens = Vec::new();
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        tokens.push(server.sign_up(email).await.token);
    }
    assert_eq!(resend(&server, &tokens[0]).await.status, 202);
    let change = |token: &str| {
        let body = json!({"new_email": "d@example.com", "password": PASSWORD});
        server.post("/api/auth/me/email").bearer(token).json(&body)
    };
    assert_eq!(change(&tokens[1]).send().await.status, 202);
    let refused = resend(&server, &tokens[2]).await;
    refused.assert_refused(429, "TooManyRequests");
    server.traffic.reset();
    let refused = change(&tokens[2]).send().await;
    refused.assert_refused(429, "TooManyRequests");
    // The password was not even looked at.
    assert_eq!(server.traffic.operations(), ["BatchGetItem", "UpdateItem"]);
}

#[tokio::test]
async fn the_log_of_the_user_shows_the_verification() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    server.advance_seconds(1);
    let link = link_token(&server, &user.id).await;
    let reply = verify(&server, &link).await;
    let log = server.get("/api/auth/me/activity").bearer(&user.token);
    let log = log.send().await;
    let entry = &log.body["items"][0];
    assert_eq!(entry["action"], "email_verify");
    assert_eq!(entry["success"], true);
    assert_eq!(entry["error_message"], Value::Null);
    assert_eq!(entry["request_id"], reply.header("x-request-id").unwrap());
}
