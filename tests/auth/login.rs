use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use crate::harness::{PASSWORD, Server, User, weak_hash};

#[tokio::test]
async fn an_account_logs_in_by_email_or_username_in_any_case() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("Ada@Example.com", json!({"username": "Ada"}))
        .await;
    for identifier in [
        json!({"email": "ada@EXAMPLE.com"}),
        json!({"email": " Ada@Example.com "}),
        json!({"username": "aDA"}),
        json!({"username": "ＡＤＡ"}),
        json!({"username": "Ada", "email": null}),
    ] {
        let mut body = identifier.clone();
        body["password"] = json!(PASSWORD);
        body["callback_url"] = json!("/tasks?open=1#top");
        let reply = server.post("/api/auth/login").json(&body).send().await;
        assert_eq!(reply.status, 200, "{identifier}: {}", reply.text);
        assert_eq!(reply.body["user"]["id"], user.id.as_str());
        assert_eq!(reply.body["redirect_to"], "/tasks?open=1#top");
        assert_ne!(reply.body["session"]["id"], user.session_id.as_str());
        assert_eq!(server.me(reply.token()).await.status, 200);
    }
}

#[tokio::test]
async fn a_password_is_normalized_and_not_trimmed() {
    let server = Server::start().await;
    let composed = json!({"email": "a@example.com", "password": "caf\u{e9} con leche"});
    assert_eq!(
        server
            .post("/api/auth/signup")
            .json(&composed)
            .send()
            .await
            .status,
        201
    );
    assert_eq!(
        server
            .log_in("a@example.com", "cafe\u{301} con leche")
            .await
            .status,
        200
    );
    for other in [
        " caf\u{e9} con leche",
        "caf\u{e9} con leche ",
        "cafe con leche",
        "CAF\u{c9} con leche",
    ] {
        server
            .log_in("a@example.com", other)
            .await
            .assert_refused(401, "InvalidCredentials");
    }
}

#[tokio::test]
async fn unknown_user_wrong_password_and_suspended_account_get_the_same_response() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let suspended = server.sign_up("suspended@example.com").await;
    server
        .set_account_attribute(&suspended.id, "is_active", AttributeValue::Bool(false))
        .await;

    let wrong = server.log_in(&user.email, "another password").await;
    let unknown = server.log_in("nobody@example.com", PASSWORD).await;
    let no_username = json!({"username": "nobody", "password": PASSWORD});
    let no_username = server
        .post("/api/auth/login")
        .json(&no_username)
        .send()
        .await;
    let inactive = server.log_in(&suspended.email, PASSWORD).await;
    for reply in [&wrong, &unknown, &no_username, &inactive] {
        reply.assert_refused(401, "InvalidCredentials");
        assert!(reply.cookie().is_none());
    }
    assert_eq!(wrong.comparable(), unknown.comparable());
    assert_eq!(wrong.comparable(), no_username.comparable());
    assert_eq!(wrong.comparable(), inactive.comparable());
}

/// The time of a login is the time of its hash and its store requests. Both must not depend on the account.
#[tokio::test]
async fn every_refused_login_makes_the_same_store_requests() {
    let server = Server::start().await;
    let suspended = server.sign_up("suspended@example.com").await;
    server
        .set_account_attribute(&suspended.id, "is_active", AttributeValue::Bool(false))
        .await;
    server.sign_up("a@example.com").await;
    for (email, password) in [
        ("a@example.com", "another password"),
        ("nobody@example.com", PASSWORD),
        ("suspended@example.com", PASSWORD),
    ] {
        server.traffic.reset();
        assert_eq!(server.log_in(email, password).await.status, 401);
        let expected = ["UpdateItem", "GetItem", "UpdateItem", "GetItem", "PutItem"];
        assert_eq!(server.traffic.operations(), expected, "{email}");
    }
}

#[tokio::test]
async fn a_login_needs_exactly_one_of_email_and_username() {
    let server = Server::start().await;
    let both = json!({"email": "a@example.com", "username": "a", "password": PASSWORD});
    let neither = json!({"password": PASSWORD});
    for body in [both, neither] {
        let reply = server.post("/api/auth/login").json(&body).send().await;
        reply.assert_refused_fields(&["email", "username"]);
    }
    let long = json!({"email": "a@example.com", "password": "p".repeat(101)});
    server
        .post("/api/auth/login")
        .json(&long)
        .send()
        .await
        .assert_refused_fields(&["password"]);
}

#[tokio::test]
async fn only_the_right_password_upgrades_a_weak_hash() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let weak = weak_hash(PASSWORD);
    server
        .set_account_attribute(&user.id, "password_hash", AttributeValue::S(weak.clone()))
        .await;

    assert_eq!(
        server.log_in(&user.email, "another password").await.status,
        401
    );
    assert_eq!(stored_hash(&server, &user.id).await, weak);
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
    let upgraded = stored_hash(&server, &user.id).await;
    assert!(
        upgraded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{upgraded}"
    );
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
    assert_eq!(stored_hash(&server, &user.id).await, upgraded);
}

/// Of [`PASSWORD`], as a database of Better Auth holds it. Made by Python's `hashlib.scrypt`.
const BETTER_AUTH_HASH: &str = "000102030405060708090a0b0c0d0e0f:\
    70cc7d605f9fd0bfd324b3978bd79ee81076d98810046ed91604c3cb8aa69577\
    61a2b0b97abf1e7c417ec4a9baa7bd1ce53449880d90dc1117c88d69b4f0b72e";

async fn with_imported_hash() -> (Server, User) {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let imported = AttributeValue::S(BETTER_AUTH_HASH.to_owned());
    server
        .set_account_attribute(&user.id, "password_hash", imported)
        .await;
    (server, user)
}

#[tokio::test]
async fn a_hash_of_better_auth_is_accepted_and_replaced_at_login() {
    let (server, user) = with_imported_hash().await;

    let refused = server.log_in(&user.email, "another password").await;
    refused.assert_refused(401, "InvalidCredentials");
    assert_eq!(stored_hash(&server, &user.id).await, BETTER_AUTH_HASH);
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
    let replaced = stored_hash(&server, &user.id).await;
    assert!(
        replaced.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{replaced}"
    );
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
    let refused = server.log_in(&user.email, "another password").await;
    refused.assert_refused(401, "InvalidCredentials");
}

#[tokio::test]
async fn a_hash_of_better_auth_confirms_a_change_of_password() {
    let (server, user) = with_imported_hash().await;
    let change = |current: &str| {
        let body = json!({"current_password": current, "new_password": "a much better password"});
        let call = server.post("/api/auth/me/password").bearer(&user.token);
        call.json(&body).send()
    };
    let refused = change("another password").await;
    refused.assert_refused(403, "WrongPassword");
    assert_eq!(change(PASSWORD).await.status, 200);
    assert!(
        stored_hash(&server, &user.id)
            .await
            .starts_with("$argon2id$")
    );
}

async fn stored_hash(server: &Server, id: &str) -> String {
    server.account(id).await.unwrap()["password_hash"]
        .as_s()
        .unwrap()
        .clone()
}
