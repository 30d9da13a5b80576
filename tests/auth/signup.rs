use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{PASSWORD, Server};

fn body(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

#[tokio::test]
async fn a_signup_returns_user_session_and_redirect() {
    let server = Server::start().await;
    let mut request = body(" Ada.Lovelace@Example.COM ");
    request["username"] = json!("Ada");
    request["firstName"] = json!("Ada");
    let reply = server.post("/api/auth/signup").json(&request).send().await;

    assert_eq!(reply.status, 201);
    reply.assert_common_headers();
    let (user, session) = (&reply.body["user"], &reply.body["session"]);
    let now = "2026-11-18T10:00:00";
    let expected = json!({
        "status": 201,
        "success": true,
        "redirect_to": "/dashboard",
        "user": {
            "id": user["id"],
            "email": "Ada.Lovelace@Example.COM",
            "email_verified": false,
            "username": "Ada",
            "firstName": "Ada",
            "lastName": null,
            "is_active": true,
            "created_at": format!("{now}.123Z"),
            "updated_at": format!("{now}.123Z"),
        },
        "session": {
            "id": session["id"],
            "user_id": user["id"],
            "created_at": format!("{now}.000Z"),
            "issued_at": format!("{now}.000Z"),
            "expires_at": "2026-11-25T10:00:00.000Z",
            "token": session["token"],
            "token_type": "Bearer",
        },
    });
    assert_eq!(reply.body, expected);
    let token = reply.token();
    assert_eq!(
        reply.cookie().unwrap(),
        format!("__Host-session={token}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure")
    );
    assert_eq!(server.me(token).await.body["user"], *user);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn both_path_prefixes_reach_the_same_calls() {
    let server = Server::start().await;
    for (prefix, email) in [
        ("/api/auth", "a@example.com"),
        ("/api/v1/auth", "b@example.com"),
    ] {
        let mut replies = Vec::new();
        replies.push(
            server
                .post(&format!("{prefix}/signup"))
                .json(&body(email))
                .send()
                .await,
        );
        replies.push(
            server
                .post(&format!("{prefix}/login"))
                .json(&body(email))
                .send()
                .await,
        );
        let token = replies[0].token().to_owned();
        replies.push(
            server
                .get(&format!("{prefix}/me"))
                .bearer(&token)
                .send()
                .await,
        );
        replies.push(
            server
                .post(&format!("{prefix}/refresh"))
                .bearer(&token)
                .send()
                .await,
        );
        replies.push(
            server
                .post(&format!("{prefix}/logout"))
                .bearer(&token)
                .send()
                .await,
        );
        let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
        assert_eq!(statuses, [201, 200, 200, 200, 200], "{prefix}");
    }
}

#[tokio::test]
async fn a_generated_username_can_log_in() {
    let server = Server::start().await;
    let reply = server
        .post("/api/auth/signup")
        .json(&body("a@example.com"))
        .send()
        .await;
    let username = reply.body["user"]["username"].as_str().unwrap();
    assert!(
        username.starts_with("user_") && username.len() > 20,
        "{username}"
    );
    let login = json!({"username": username, "password": PASSWORD});
    assert_eq!(
        server
            .post("/api/auth/login")
            .json(&login)
            .send()
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn credentials_handling_selects_cookie_or_body() {
    let server = Server::start().await;
    for (handling, by_cookie, in_body) in [
        ("include", true, true),
        ("same-origin", true, false),
        ("omit", false, true),
    ] {
        let mut request = body(&format!("{handling}@example.com"));
        request["credentials_handling"] = json!(handling);
        for path in ["/api/auth/signup", "/api/auth/login"] {
            let reply = server.post(path).json(&request).send().await;
            assert_eq!(reply.cookie().is_some(), by_cookie, "{handling} {path}");
            let session = reply.body["session"].as_object().unwrap();
            assert_eq!(session.contains_key("token"), in_body, "{handling} {path}");
            assert_eq!(
                session.contains_key("token_type"),
                in_body,
                "{handling} {path}"
            );
        }
    }
}

#[tokio::test]
async fn every_invalid_field_is_named() {
    let server = Server::start().await;
    let request = json!({
        "email": "nonsense", "password": "x".repeat(101), "username": "admin",
        "firstName": 7, "lastName": "", "callback_url": "//evil.example",
        "credentials_handling": "maybe", "is_active": true,
    });
    let reply = server
        .post("/api/auth/signup?debug=1")
        .json(&request)
        .send()
        .await;
    reply.assert_refused_fields(&[
        "callback_url",
        "credentials_handling",
        "debug",
        "email",
        "firstName",
        "is_active",
        "lastName",
        "password",
        "username",
    ]);
    let reply = server
        .post("/api/auth/signup")
        .json(&json!({}))
        .send()
        .await;
    reply.assert_refused_fields(&["email", "password"]);
    assert!(server.keys().await.is_empty());
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_rule_and_advice() {
    let server = Server::start().await;
    for (password, rule) in [
        ("short77", "too_short"),
        ("PassWord1", "common"),
        ("ADA@example.com", "personal"),
        ("ada-lovelace", "personal"),
        ("Latchkey", "service_name"),
        ("zzzzzzzzzzzz", "repeated"),
        ("abcdefghijkl", "run"),
    ] {
        let request = json!({
            "email": "ada@example.com", "username": "Ada-Lovelace", "password": password,
        });
        let reply = server.post("/api/auth/signup").json(&request).send().await;
        reply.assert_refused(422, "WeakPassword");
        assert_eq!(reply.body["detail"]["rule"], rule, "{password}");
        assert!(
            reply.body["detail"]["fields"]["password"]
                .as_str()
                .unwrap()
                .ends_with('.')
        );
        assert!(
            !reply.text.contains(password),
            "the answer repeats the password"
        );
    }
}

#[tokio::test]
async fn the_password_is_stored_only_as_an_argon2id_hash() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let account = server.account(&user.id).await.unwrap();
    let hash = account["password_hash"].as_s().unwrap();
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    assert!(!format!("{:?}", server.items().await).contains(PASSWORD));
}

#[tokio::test]
async fn an_email_is_taken_in_any_case_or_encoding() {
    let server = Server::start().await;
    server.sign_up("ada@bücher.example").await;
    for same in [
        "ADA@BÜCHER.example",
        "ada@xn--bcher-kva.example",
        "Ada@Bu\u{308}cher.Example",
    ] {
        let reply = server
            .post("/api/auth/signup")
            .json(&body(same))
            .send()
            .await;
        reply.assert_refused(409, "EmailTaken");
    }
}

#[tokio::test]
async fn a_taken_username_does_not_claim_the_email() {
    let server = Server::start().await;
    server
        .sign_up_with("a@example.com", json!({"username": "Straße"}))
        .await;
    let mut request = body("b@example.com");
    request["username"] = json!("STRASSE");
    let reply = server.post("/api/auth/signup").json(&request).send().await;
    reply.assert_refused(409, "UsernameTaken");
    server.sign_up("b@example.com").await;
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_50_concurrent_signups_with_the_same_email_wins() {
    let server = Server::start().await;
    let calls = (0..50).map(|n| {
        let email = if n % 2 == 0 {
            "ada@example.com"
        } else {
            "ADA@EXAMPLE.COM"
        };
        server.post("/api/auth/signup").json(&body(email)).send()
    });
    let mut statuses = Vec::new();
    for reply in futures_util::future::join_all(calls).await {
        if reply.status != 201 {
            reply.assert_refused(409, "EmailTaken");
        }
        statuses.push(reply.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    // The account, its claims and its session.
    assert_eq!(server.keys().await.len(), 4);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_50_concurrent_signups_with_the_same_username_wins_and_the_other_emails_stay_free() {
    let server = Server::start().await;
    let calls = (0..50).map(|n| {
        let mut request = body(&format!("ada{n}@example.com"));
        request["username"] = json!(if n % 2 == 0 { "ada" } else { "ADA" });
        server.post("/api/auth/signup").json(&request).send()
    });
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(
        replies.iter().filter(|reply| reply.status == 201).count(),
        1
    );
    for (n, reply) in replies
        .iter()
        .enumerate()
        .filter(|(_, reply)| reply.status != 201)
    {
        reply.assert_refused(409, "UsernameTaken");
        server.sign_up(&format!("ada{n}@example.com")).await;
    }
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_signup_owes_the_verification_link_where_mail_is_on() {
    let server = Server::with_mail().await;
    let user = server.sign_up("Ada@example.com").await;
    let owed = server.owed_mails(&user.id).await;
    let owed: Vec<_> = owed.iter().map(|mail| (&*mail.kind, &*mail.to)).collect();
    assert_eq!(owed, [("verify-email", "Ada@example.com")]);
    let purpose = LinkPurpose::VerifyEmail;
    assert!(server.link_token(&user.id, purpose).await.is_some());

    let without = Server::start().await;
    let user = without.sign_up("ada@example.com").await;
    assert_eq!(without.owed_mails(&user.id).await, []);
    assert_eq!(without.link_token(&user.id, purpose).await, None);
}
