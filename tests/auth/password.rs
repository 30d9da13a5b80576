use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, Server};

const NEW: &str = "a much better password";

async fn change(server: &Server, token: &str, body: &Value) -> Reply {
    server
        .post("/api/auth/me/password")
        .bearer(token)
        .json(body)
        .send()
        .await
}

fn valid_body() -> Value {
    json!({"current_password": PASSWORD, "new_password": NEW})
}

#[tokio::test]
async fn a_password_change_ends_other_sessions_and_returns_a_new_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;
    server.advance_seconds(60);
    let reply = change(&server, &user.token, &valid_body()).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    assert_eq!(reply.body["session"]["id"], user.session_id.as_str());
    assert_eq!(
        reply.body["session"]["created_at"],
        "2026-11-18T10:01:00.000Z"
    );
    assert_eq!(reply.body["user"]["updated_at"], "2026-11-18T10:01:00.123Z");
    assert_eq!(server.me(reply.token()).await.status, 200);
    for revoked in [&user.token, other.token()] {
        server.me(revoked).await.assert_refused(401, "TokenRevoked");
    }
    server
        .log_in(&user.email, PASSWORD)
        .await
        .assert_refused(401, "InvalidCredentials");
    // A login in the same second as the change gets a valid session.
    let again = server.log_in(&user.email, NEW).await;
    assert_eq!(server.me(again.token()).await.status, 200);
}

#[tokio::test]
async fn the_new_token_uses_the_transport_of_the_old_one() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server
        .post("/api/auth/me/password")
        .cookie(&user.token)
        .json(&valid_body())
        .send()
        .await;
    assert!(reply.cookie().is_some());
    assert!(reply.body["session"].get("token").is_none());
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"current_password": "not the one", "new_password": NEW});
    change(&server, &user.token, &body)
        .await
        .assert_refused(403, "WrongPassword");
    assert_eq!(server.me(&user.token).await.status, 200);
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_new_password_obeys_the_rules_of_signup() {
    let server = Server::start().await;
    let user = server
        .sign_up_with(
            "ada@example.com",
            json!({"firstName": "Augusta Ada", "username": "enchantress"}),
        )
        .await;
    for weak in [
        "short77",
        "password123",
        "ADA@example.com",
        "Enchantress",
        "augusta ada",
    ] {
        let body = json!({"current_password": PASSWORD, "new_password": weak});
        let reply = change(&server, &user.token, &body).await;
        reply.assert_refused(422, "WeakPassword");
        assert!(
            reply.body["detail"]["fields"]["new_password"].is_string(),
            "{weak}"
        );
    }
    change(&server, &user.token, &json!({"extra": 1}))
        .await
        .assert_refused_fields(&["current_password", "extra", "new_password"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_concurrent_password_changes_wins() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    // Five attempts are allowed before a wait begins.
    let bodies: Vec<Value> = (0..5)
        .map(|n| json!({"current_password": PASSWORD, "new_password": format!("{NEW} {n}")}))
        .collect();
    let calls = bodies.iter().map(|body| change(&server, &user.token, body));
    let replies = futures_util::future::join_all(calls).await;
    let winners: Vec<usize> = (0..5).filter(|n| replies[*n].status == 200).collect();
    assert_eq!(winners.len(), 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!(
            [(409, "Conflict"), (401, "TokenRevoked")].contains(&(reply.status, reply.code())),
            "{}",
            reply.text
        );
    }
    let password = format!("{NEW} {}", winners[0]);
    assert_eq!(server.log_in(&user.email, &password).await.status, 200);
}

/// Each change mails a notice, to an address that may be another person's.
#[tokio::test]
async fn a_password_is_changed_ten_times_an_hour() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let (mut token, mut current) = (user.token.clone(), PASSWORD.to_owned());
    for n in 0..10 {
        let new = format!("{NEW} {n}");
        let body = json!({"current_password": current, "new_password": new});
        let reply = change(&server, &token, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        token = reply.token().to_owned();
        current = new;
    }
    let body = json!({"current_password": current, "new_password": NEW});
    let refused = change(&server, &token, &body).await;
    refused.assert_refused(429, "TooManyRequests");
    let notices = server.owed_mails(&user.id).await;
    let notices = notices
        .iter()
        .filter(|mail| mail.kind == "password-changed");
    assert_eq!(notices.count(), 10);
    server.advance_seconds(3600);
    assert_eq!(change(&server, &token, &body).await.status, 200);
}
