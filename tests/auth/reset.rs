//! `POST password/reset`: a mailed link sets a new password, once.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::json;
use shared::mail::LinkPurpose;

use crate::harness::{Call, PASSWORD, PREVIOUS_SECRET, Reply, SECRET, Server, User, seal_link};

const NEW: &str = "a much better password";
const PURPOSE: LinkPurpose = LinkPurpose::ResetPassword;

fn reset(server: &Server, token: &str) -> Call {
    let body = json!({"token": token, "new_password": NEW});
    server.post("/api/auth/password/reset").json(&body)
}

async fn forget(server: &Server, user: &User) -> String {
    let body = json!({"email": user.email});
    let call = server.post("/api/auth/password/forgot").json(&body);
    assert_eq!(call.send().await.status, 202);
    server.link_token(&user.id, PURPOSE).await.unwrap()
}

async fn user_with_link(server: &Server) -> (User, String) {
    let user = server.sign_up("a@example.com").await;
    let token = forget(server, &user).await;
    (user, token)
}

/// The mail that the last link of that purpose is in.
async fn mail_id(server: &Server, user: &User, purpose: LinkPurpose) -> String {
    let owed = server.owed_mails(&user.id).await;
    let mails = owed.iter().filter(|mail| mail.kind == purpose.as_str());
    mails.map(|mail| mail.id.clone()).max().unwrap()
}

async fn expect_void(server: &Server, token: &str) {
    let reply = reset(server, token).send().await;
    reply.assert_refused(400, "LinkInvalid");
    assert_eq!(reply.headers.get("set-cookie"), None);
}

async fn set(server: &Server, user: &User, attribute: &str, value: bool) {
    let value = AttributeValue::Bool(value);
    server
        .set_account_attribute(&user.id, attribute, value)
        .await;
}

#[tokio::test]
async fn a_link_sets_the_password_ends_every_session_and_verifies_the_email() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let reply = reset(&server, &token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body, json!({"status": 200, "success": true}));
    assert_eq!(reply.cookie(), None);
    let device = reply.device_cookie().unwrap();
    assert!(device.starts_with("__Host-device="), "{device}");
    reply.assert_common_headers();

    for session in [&*user.token, other.token()] {
        let dead = server.me(session).await;
        dead.assert_refused(401, "TokenRevoked");
    }
    let old = server.log_in(&user.email, PASSWORD).await;
    old.assert_refused(401, "InvalidCredentials");
    let new = server.log_in(&user.email, NEW).await;
    assert_eq!(new.status, 200, "{}", new.text);
    assert_eq!(new.body["user"]["email_verified"], true);
    expect_void(&server, &token).await;

    let owed = server.owed_mails(&user.id).await;
    let mut kinds: Vec<_> = owed.iter().map(|mail| &*mail.kind).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        ["password-changed", "reset-password", "verify-email"]
    );
    let log = server.get("/api/auth/me/activity").bearer(new.token());
    let log = log.send().await;
    let entries = log.body["items"].as_array().unwrap();
    let resets: Vec<_> = entries
        .iter()
        .filter(|entry| entry["action"] == "password_reset")
        .collect();
    assert_eq!(resets.len(), 1);
    assert_eq!(resets[0]["success"], true);
}

#[tokio::test]
async fn a_reset_lets_the_owner_of_a_locked_name_in() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    for _ in 0..5 {
        let wrong = server.log_in(&user.email, "not the right one").await;
        wrong.assert_refused(401, "InvalidCredentials");
    }
    let reply = reset(&server, &token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let locked = server.log_in(&user.email, NEW).await;
    locked.assert_refused(429, "TooManyRequests");
    let device = reply.device_cookie().unwrap().split(';').next().unwrap();
    let body = json!({"email": user.email, "password": NEW});
    let login = server.post("/api/auth/login").json(&body);
    assert_eq!(login.header("cookie", device).send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_of_a_link_at_once_one_wins() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    let replies = join_all((0..20).map(|_| reset(&server, &token).send())).await;
    let (won, lost): (Vec<Reply>, Vec<Reply>) =
        replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1);
    for reply in &lost {
        reply.assert_refused(400, "LinkInvalid");
    }
    assert_eq!(server.log_in(&user.email, NEW).await.status, 200);
    let owed = server.owed_mails(&user.id).await;
    let notices = owed.iter().filter(|mail| mail.kind == "password-changed");
    assert_eq!(notices.count(), 1);
}

#[tokio::test]
async fn a_link_is_good_for_an_hour() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    server.advance_seconds(3600);
    expect_void(&server, &token).await;
    let token = forget(&server, &user).await;
    server.advance_seconds(3599);
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn a_newer_link_voids_the_older_one() {
    let server = Server::with_mail().await;
    let (user, older) = user_with_link(&server).await;
    let newer = forget(&server, &user).await;
    assert_ne!(older, newer);
    expect_void(&server, &older).await;
    assert_eq!(reset(&server, &newer).send().await.status, 200);
}

#[tokio::test]
async fn a_new_password_and_a_logout_everywhere_void_a_link() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    let body = json!({"current_password": PASSWORD, "new_password": "quite another password"});
    let change = server.post("/api/auth/me/password").bearer(&user.token);
    let changed = change.json(&body).send().await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    expect_void(&server, &token).await;

    let token = forget(&server, &user).await;
    let logout = server.post("/api/auth/logout").bearer(changed.token());
    let logout = logout.json(&json!({"everywhere": true})).send().await;
    assert_eq!(logout.status, 200, "{}", logout.text);
    expect_void(&server, &token).await;
    // A logout of one session does not.
    let session = server.log_in(&user.email, "quite another password").await;
    let token = forget(&server, &user).await;
    let logout = server.post("/api/auth/logout").bearer(session.token());
    assert_eq!(logout.send().await.status, 200);
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn a_link_of_an_account_that_is_not_active_is_void() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    for (attribute, off) in [("is_active", false), ("is_leaving", true)] {
        set(&server, &user, attribute, off).await;
        expect_void(&server, &token).await;
        set(&server, &user, attribute, !off).await;
    }
    let delete = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let delete = delete.json(&json!({"password": PASSWORD}));
    assert_eq!(delete.send().await.status, 200);
    expect_void(&server, &token).await;
}

#[tokio::test]
async fn a_token_that_was_not_made_for_this_is_refused() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    let other = server.sign_up("b@example.com").await;
    forget(&server, &other).await;
    let reset_mail = mail_id(&server, &user, PURPOSE).await;
    let verify_mail = mail_id(&server, &user, LinkPurpose::VerifyEmail).await;
    let verify = LinkPurpose::VerifyEmail;
    let foreign = "a secret that nobody here signs with";
    for wrong in [
        // For another purpose.
        server.link_token(&user.id, verify).await.unwrap(),
        seal_link(&user.id, &reset_mail, verify, SECRET),
        seal_link(&user.id, &reset_mail, LinkPurpose::ChangeEmail, SECRET),
        seal_link(&user.id, &verify_mail, PURPOSE, SECRET),
        // A link of another user.
        seal_link(&other.id, &reset_mail, PURPOSE, SECRET),
        seal_link(
            &user.id,
            &mail_id(&server, &other, PURPOSE).await,
            PURPOSE,
            SECRET,
        ),
        seal_link(&uuid::Uuid::nil().to_string(), &reset_mail, PURPOSE, SECRET),
        seal_link(&user.id, &reset_mail, PURPOSE, foreign),
        // No link at all.
        user.token.clone(),
        String::new(),
        "nonsense".to_owned(),
        "\u{1f98a}".repeat(100),
    ] {
        expect_void(&server, &wrong).await;
    }
    server
        .me(&token)
        .await
        .assert_refused(401, "TokenMalformed");
    assert_eq!(server.me(&user.token).await.status, 200);
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn a_token_with_one_changed_bit_is_refused_before_any_request() {
    let server = Server::with_mail().await;
    let (_, token) = user_with_link(&server).await;
    server.traffic.reset();
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[place] ^= 1;
        expect_void(&server, &String::from_utf8(bytes).unwrap()).await;
    }
    for other in [format!("{token}A"), token[1..].to_owned()] {
        expect_void(&server, &other).await;
    }
    assert!(server.traffic.operations().is_empty());
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn a_link_of_the_previous_secret_is_honoured() {
    let server = Server::with_mail().await;
    let (user, _) = user_with_link(&server).await;
    let mail = mail_id(&server, &user, PURPOSE).await;
    let token = seal_link(&user.id, &mail, PURPOSE, PREVIOUS_SECRET);
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn no_item_of_the_table_holds_the_token_of_a_link() {
    let server = Server::with_mail().await;
    let (user, token) = user_with_link(&server).await;
    let verify = server.link_token(&user.id, LinkPurpose::VerifyEmail).await;
    for token in [token, verify.unwrap()] {
        for part in [&token[..], &token[token.len() - 20..]] {
            for item in server.items().await {
                assert!(!format!("{item:?}").contains(part), "{item:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_void_link_costs_one_read_and_no_hash() {
    let server = Server::with_mail().await;
    let (_, token) = user_with_link(&server).await;
    server.advance_seconds(3600);
    server.traffic.reset();
    expect_void(&server, &token).await;
    assert_eq!(server.traffic.operations(), ["BatchGetItem"]);
}

#[tokio::test]
async fn a_weak_password_is_refused_and_leaves_the_link_as_it_was() {
    let server = Server::with_mail().await;
    let user = server
        .sign_up_with("grace@hopper.example", json!({"firstName": "Wilhelmina"}))
        .await;
    let token = forget(&server, &user).await;
    for (weak, rule) in [
        ("short", "too_short"),
        ("password123", "common"),
        ("grace@hopper.example", "personal"),
        ("wilhelmina", "personal"),
    ] {
        let body = json!({"token": token, "new_password": weak});
        let reply = server.post("/api/auth/password/reset").json(&body);
        let reply = reply.send().await;
        reply.assert_refused(422, "WeakPassword");
        assert_eq!(reply.body["detail"]["rule"], rule, "{weak}");
        let fields = reply.body["detail"]["fields"].as_object().unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["new_password"]);
    }
    assert_eq!(reset(&server, &token).send().await.status, 200);
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let server = Server::with_mail().await;
    for (body, wrong) in [
        (json!({}), &["new_password", "token"][..]),
        (json!({"new_password": NEW}), &["token"]),
        (json!({"token": null, "new_password": NEW}), &["token"]),
        (json!({"token": 7, "new_password": NEW}), &["token"]),
        (json!({"token": "x"}), &["new_password"]),
        (
            json!({"token": "x", "new_password": NEW, "email": "a@example.com"}),
            &["email"],
        ),
    ] {
        let reply = server.post("/api/auth/password/reset").json(&body);
        reply.send().await.assert_refused_fields(wrong);
    }
}
