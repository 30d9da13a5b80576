use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, Server, User};

async fn patch(server: &Server, token: &str, body: &Value) -> Reply {
    server
        .call("PATCH", "/api/auth/me")
        .bearer(token)
        .json(body)
        .send()
        .await
}

#[tokio::test]
async fn me_returns_the_user_and_the_session_without_its_token() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("a@example.com", json!({"username": "ada"}))
        .await;
    for reply in [
        server.me(&user.token).await,
        server.get("/api/auth/me").cookie(&user.token).send().await,
    ] {
        assert_eq!(reply.status, 200);
        reply.assert_common_headers();
        assert!(reply.cookie().is_none());
        let expected = json!({
            "status": 200,
            "success": true,
            "user": {
                "id": user.id,
                "email": "a@example.com",
                "email_verified": false,
                "username": "ada",
                "firstName": null,
                "lastName": null,
                "is_active": true,
                "created_at": "2026-11-18T10:00:00.123Z",
                "updated_at": "2026-11-18T10:00:00.123Z",
            },
            "session": {
                "id": user.session_id,
                "user_id": user.id,
                "created_at": "2026-11-18T10:00:00.000Z",
                "issued_at": "2026-11-18T10:00:00.000Z",
                "expires_at": "2026-11-25T10:00:00.000Z",
            },
        });
        assert_eq!(reply.body, expected);
    }
}

#[tokio::test]
async fn head_returns_the_response_of_get_without_its_body() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server
        .call("HEAD", "/api/auth/me")
        .bearer(&user.token)
        .send()
        .await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    reply.assert_common_headers();
    assert_eq!(server.call("HEAD", "/api/auth/me").send().await.status, 401);
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server
        .get("/api/auth/me?fields=email&x")
        .bearer(&user.token)
        .send()
        .await;
    reply.assert_refused_fields(&["fields", "x"]);
}

#[tokio::test]
async fn a_suspended_account_is_refused_until_it_is_active_again() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server
        .set_account_attribute(&user.id, "is_active", AttributeValue::Bool(false))
        .await;
    server
        .me(&user.token)
        .await
        .assert_refused(403, "AccountInactive");
    let refresh = server
        .post("/api/auth/refresh")
        .bearer(&user.token)
        .send()
        .await;
    refresh.assert_refused(403, "AccountInactive");
    patch(&server, &user.token, &json!({}))
        .await
        .assert_refused(403, "AccountInactive");
    server
        .set_account_attribute(&user.id, "is_active", AttributeValue::Bool(true))
        .await;
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn a_patch_keeps_absent_fields_and_clears_null_fields() {
    let server = Server::start().await;
    let user = server
        .sign_up_with(
            "a@example.com",
            json!({"firstName": "Ada", "last_name": "Byron"}),
        )
        .await;
    server.advance_seconds(60);
    let reply = patch(&server, &user.token, &json!({"lastName": "Lovelace"})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["user"]["firstName"], "Ada");
    assert_eq!(reply.body["user"]["lastName"], "Lovelace");
    assert_eq!(reply.body["user"]["updated_at"], "2026-11-18T10:01:00.123Z");
    assert!(reply.body.get("session").is_none());
    let reply = patch(&server, &user.token, &json!({"first_name": null})).await;
    assert_eq!(reply.body["user"]["firstName"], Value::Null);
    assert_eq!(reply.body["user"]["lastName"], "Lovelace");
    assert_eq!(
        server.me(&user.token).await.body["user"],
        reply.body["user"]
    );
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("a@example.com", json!({"firstName": "Ada"}))
        .await;
    server.advance_seconds(60);
    for body in [
        json!({}),
        json!({"firstName": "Ada"}),
        json!({"lastName": null}),
    ] {
        server.traffic.reset();
        let reply = patch(&server, &user.token, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.body["user"]["updated_at"], "2026-11-18T10:00:00.123Z");
        assert_eq!(server.traffic.operations(), ["BatchGetItem"]);
    }
}

#[tokio::test]
async fn a_username_that_was_given_up_rests_for_a_day_but_for_its_last_owner() {
    let server = Server::start().await;
    let ada = server
        .sign_up_with("a@example.com", json!({"username": "ada"}))
        .await;
    let bob = server
        .sign_up_with("b@example.com", json!({"username": "bob"}))
        .await;
    patch(&server, &ada.token, &json!({"username": "BOB"}))
        .await
        .assert_refused(409, "UsernameTaken");
    let reply = patch(&server, &ada.token, &json!({"username": "Countess"})).await;
    assert_eq!(reply.body["user"]["username"], "Countess");
    let log_in = |username: &str| {
        let body = json!({"username": username, "password": PASSWORD});
        server.post("/api/auth/login").json(&body).send()
    };
    let rename = |user: &User, username: &str| {
        let token = user.token.clone();
        let body = json!({"username": username});
        let server = &server;
        async move { patch(server, &token, &body).await }
    };
    // Nobody has it.
    let refused = log_in("ada").await;
    refused.assert_refused(401, "InvalidCredentials");
    let refused = rename(&bob, "Ada").await;
    refused.assert_refused(409, "UsernameTaken");
    let sign_up = json!({"email": "c@example.com", "password": PASSWORD, "username": "ada"});
    let refused = server.post("/api/auth/signup").json(&sign_up).send().await;
    refused.assert_refused(409, "UsernameTaken");
    server.assert_claims_and_accounts_agree().await;

    assert_eq!(rename(&ada, "ada").await.status, 200);
    assert_eq!(log_in("ada").await.body["user"]["id"], ada.id.as_str());
    server.advance_seconds(86_399);
    let refused = rename(&bob, "countess").await;
    refused.assert_refused(409, "UsernameTaken");
    server.advance_seconds(1);
    assert_eq!(rename(&bob, "countess").await.status, 200);
    assert_eq!(log_in("countess").await.body["user"]["id"], bob.id.as_str());
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn usernames_can_be_tried_ten_times_an_hour() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server
        .sign_up_with("b@example.com", json!({"username": "bob"}))
        .await;
    for n in 0..5 {
        let renamed = patch(&server, &user.token, &json!({"username": format!("n{n}")})).await;
        assert_eq!(renamed.status, 200, "{}", renamed.text);
        let taken = patch(&server, &user.token, &json!({"username": "bob"})).await;
        taken.assert_refused(409, "UsernameTaken");
    }
    for username in ["bob", "n9"] {
        let refused = patch(&server, &user.token, &json!({"username": username})).await;
        refused.assert_refused(429, "TooManyRequests");
    }
    // Names are not limited, and neither is the username that the account has.
    for body in [json!({"firstName": "Ada"}), json!({"username": "n4"})] {
        assert_eq!(patch(&server, &user.token, &body).await.status, 200);
    }
    server.advance_seconds(3_600);
    let renamed = patch(&server, &user.token, &json!({"username": "n9"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
}

#[tokio::test]
async fn a_username_can_change_only_its_case() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("a@example.com", json!({"username": "ada"}))
        .await;
    let reply = patch(&server, &user.token, &json!({"username": "ADA"})).await;
    assert_eq!(reply.body["user"]["username"], "ADA");
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn read_only_fields_are_refused() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({
        "id": "x", "email": "b@example.com", "is_active": false, "password": "x",
        "username": null, "firstName": 1,
    });
    patch(&server, &user.token, &body)
        .await
        .assert_refused_fields(&[
            "email",
            "firstName",
            "id",
            "is_active",
            "password",
            "username",
        ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_match_the_account_after_concurrent_username_changes() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bodies: Vec<Value> = (0..20)
        .map(|n| json!({"username": format!("name{n}")}))
        .collect();
    let calls = bodies.iter().map(|body| patch(&server, &user.token, body));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        match reply.status {
            409 => reply.assert_refused(409, "Conflict"),
            _ => reply.assert_refused(429, "TooManyRequests"),
        }
    }
    server.assert_claims_and_accounts_agree().await;
}
