//! `POST me/email`, and the link that ends it.

use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{Item, MAIL, PASSWORD, Reply, Server, User};

const OLD: &str = "old@example.com";
const NEW: &str = "new@example.com";

async fn change(server: &Server, user: &User, body: &Value) -> Reply {
    let call = server.post("/api/auth/me/email").bearer(&user.token);
    call.json(body).send().await
}

async fn ask_for(server: &Server, user: &User, new: &str) -> Reply {
    let body = json!({"new_email": new, "password": PASSWORD});
    change(server, user, &body).await
}

async fn confirm(server: &Server, user: &User) -> Reply {
    let token = server.link_token(&user.id, LinkPurpose::ChangeEmail).await;
    use_link(server, &token.unwrap()).await
}

async fn use_link(server: &Server, link_token: &str) -> Reply {
    let body = json!({"token": link_token});
    let call = server.post("/api/auth/email/verify").json(&body);
    call.send().await
}

/// Kind, address, other address, and whether the change is still to come, of every mail but that of the
/// sign-up.
async fn mails(server: &Server, user: &User) -> Vec<(String, String, Option<String>, bool)> {
    let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
    let mut mails: Vec<_> = server
        .items()
        .await
        .iter()
        .filter(|item| text(item, "pk") == format!("USER#{}", user.id))
        .filter(|item| text(item, "sk").starts_with("MAIL#"))
        .map(|item| {
            let other = item["new_email"].as_s().ok().cloned();
            let is_pending = *item["is_pending"].as_bool().unwrap();
            (text(item, "kind"), text(item, "to"), other, is_pending)
        })
        .filter(|(kind, ..)| kind != "verify-email")
        .collect();
    mails.sort();
    mails
}

fn mail(
    kind: &str,
    to: &str,
    other: Option<&str>,
    is_pending: bool,
) -> (String, String, Option<String>, bool) {
    (
        kind.to_owned(),
        to.to_owned(),
        other.map(str::to_owned),
        is_pending,
    )
}

fn email_claims(keys: &[String]) -> Vec<&str> {
    let claims = keys.iter().filter_map(|key| key.strip_prefix("EMAIL#"));
    claims
        .filter_map(|claim| claim.strip_suffix(" EMAIL"))
        .collect()
}

#[tokio::test]
async fn a_change_of_the_email_takes_the_link_in_the_mail_to_the_new_one() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    let before = server.me(&user.token).await.body["user"].clone();
    server.advance_seconds(1);
    let reply = ask_for(&server, &user, "New@Example.com").await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    assert_eq!(reply.text, r#"{"status":202,"success":true}"#);
    reply.assert_common_headers();
    assert!(reply.cookie().is_none());
    let pending = mail("email-changed", OLD, Some("New@Example.com"), true);
    let link = mail("change-email", "New@Example.com", None, false);
    assert_eq!(mails(&server, &user).await, [link.clone(), pending.clone()]);

    // Nothing has changed yet.
    assert_eq!(server.me(&user.token).await.body["user"], before);
    assert_eq!(email_claims(&server.keys().await), [OLD]);
    assert_eq!(server.log_in(OLD, PASSWORD).await.status, 200);
    let refused = server.log_in(NEW, PASSWORD).await;
    refused.assert_refused(401, "InvalidCredentials");

    server.advance_seconds(1);
    let reply = confirm(&server, &user).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    let mut expected = before;
    expected["email"] = json!("New@Example.com");
    expected["email_verified"] = json!(true);
    expected["updated_at"] = json!("2026-11-18T10:00:02.123Z");
    let expected = json!({"status": 200, "success": true, "user": expected});
    assert_eq!(reply.body, expected);
    assert_eq!(server.me(&user.token).await.body["user"], expected["user"]);
    let done = mail("email-changed", OLD, Some("New@Example.com"), false);
    assert_eq!(mails(&server, &user).await, [link, done, pending]);

    // The claim has moved, the sessions go on, and the old e-mail is free.
    assert_eq!(email_claims(&server.keys().await), [NEW]);
    server.assert_claims_and_accounts_agree().await;
    let refused = server.log_in(OLD, PASSWORD).await;
    refused.assert_refused(401, "InvalidCredentials");
    assert_eq!(server.log_in(NEW, PASSWORD).await.status, 200);
    assert_eq!(server.refresh(&user.token).await.status, 200);
    let next = server.sign_up(OLD).await;
    assert_ne!(next.id, user.id);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_taken_address_looks_the_same_and_its_owner_gets_a_mail() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    let owner = server.sign_up("Taken@example.com").await;
    let ask = async |new: &str| {
        server.traffic.reset();
        let reply = ask_for(&server, &user, new).await;
        let mut headers = reply.headers.clone();
        for name in ["x-request-id", "apigw-requestid", "date"] {
            headers.remove(name);
        }
        (
            reply.status,
            reply.text,
            headers,
            server.traffic.operations(),
        )
    };
    let free = ask(NEW).await;
    let taken = ask("taken@example.com").await;
    assert_eq!(free, taken);
    assert_eq!(taken.0, 202);
    assert_eq!(
        mails(&server, &user).await,
        [
            mail("change-email", NEW, None, false),
            mail("email-changed", OLD, Some(NEW), true),
            mail("email-changed", OLD, Some("taken@example.com"), true),
            mail("email-taken", "taken@example.com", None, false),
        ]
    );
    assert!(mails(&server, &owner).await.is_empty());

    // Nobody has a token for the taken address. One that the secret makes changes nothing either.
    let refused = confirm(&server, &user).await;
    refused.assert_refused(409, "EmailTaken");
    assert_eq!(
        server.me(&owner.token).await.body["user"]["email"],
        "Taken@example.com"
    );
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn other_capitals_of_the_own_address_are_another_email() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    let same = ask_for(&server, &user, &format!(" {OLD}\n")).await;
    same.assert_refused_fields(&["new_email"]);
    let wrong = same.body["detail"]["fields"]["new_email"].as_str().unwrap();
    assert!(wrong.contains("already"), "{wrong}");

    assert_eq!(ask_for(&server, &user, "Old@Example.com").await.status, 202);
    assert_eq!(
        mails(&server, &user).await,
        [
            mail("change-email", "Old@Example.com", None, false),
            mail("email-changed", OLD, Some("Old@Example.com"), true),
        ]
    );
    let reply = confirm(&server, &user).await;
    assert_eq!(reply.body["user"]["email"], "Old@Example.com");
    assert_eq!(reply.body["user"]["email_verified"], true);
    assert_eq!(email_claims(&server.keys().await), [OLD]);
    server.assert_claims_and_accounts_agree().await;
    assert_eq!(server.log_in(OLD, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_form_is_checked_before_the_password() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    server.traffic.reset();
    for (body, fields) in [
        (json!({}), vec!["new_email", "password"]),
        (
            json!({"new_email": "nonsense", "password": "not the one"}),
            vec!["new_email"],
        ),
        (
            json!({"new_email": NEW, "password": 7, "email": OLD}),
            vec!["email", "password"],
        ),
        (
            json!({"new_email": OLD, "password": "not the one"}),
            vec!["new_email"],
        ),
    ] {
        let refused = change(&server, &user, &body).await;
        refused.assert_refused_fields(&fields);
    }
    assert_eq!(server.traffic.operations(), ["BatchGetItem"; 4]);
}

#[tokio::test]
async fn wrong_passwords_are_counted_by_session_and_mail_nobody() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    let wrong = json!({"new_email": NEW, "password": "not the right one"});
    for _ in 0..5 {
        let refused = change(&server, &user, &wrong).await;
        refused.assert_refused(403, "WrongPassword");
    }
    let refused = ask_for(&server, &user, NEW).await;
    refused.assert_refused(429, "TooManyRequests");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(mails(&server, &user).await.is_empty());
    // Another session has a count of its own.
    let other = server.log_in(OLD, PASSWORD).await;
    let body = json!({"new_email": NEW, "password": PASSWORD});
    let call = server.post("/api/auth/me/email").bearer(other.token());
    assert_eq!(call.json(&body).send().await.status, 202);
    server.advance_seconds(1);
    assert_eq!(ask_for(&server, &user, NEW).await.status, 202);
}

#[tokio::test]
async fn changes_are_limited_by_account() {
    let server = Server::with(&[MAIL[0], MAIL[1], ("LINKS_PER_ACCOUNT_PER_HOUR", "2")]).await;
    let user = server.sign_up(OLD).await;
    let owner = server.sign_up("taken@example.com").await;
    // Free and taken addresses count alike.
    assert_eq!(ask_for(&server, &user, NEW).await.status, 202);
    assert_eq!(ask_for(&server, &user, &owner.email).await.status, 202);
    let before = mails(&server, &user).await;
    for new in [NEW, &owner.email] {
        let refused = ask_for(&server, &user, new).await;
        refused.assert_refused(429, "TooManyRequests");
    }
    assert_eq!(mails(&server, &user).await, before);
    assert_eq!(ask_for(&server, &owner, NEW).await.status, 202);
    server.advance_seconds(3600);
    assert_eq!(ask_for(&server, &user, NEW).await.status, 202);
}

#[tokio::test]
async fn the_log_of_the_user_shows_the_change_and_wrong_passwords() {
    let server = Server::with_mail().await;
    let user = server.sign_up(OLD).await;
    server.advance_seconds(1);
    let wrong = json!({"new_email": NEW, "password": "not the right one"});
    change(&server, &user, &wrong).await;
    server.advance_seconds(1);
    ask_for(&server, &user, NEW).await;
    assert_eq!(confirm(&server, &user).await.status, 200);
    let log = server.get("/api/auth/me/activity").bearer(&user.token);
    let log = log.send().await;
    let seen: Vec<_> = log.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["action"].clone(), entry["error_message"].clone()))
        .collect();
    let expected = [
        (json!("email_change"), Value::Null),
        (json!("email_change"), json!("WrongPassword")),
        (json!("signup"), Value::Null),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_address_gets_three_mails_an_hour_however_many_accounts_ask() {
    let server = Server::with_mail().await;
    let owner = server.sign_up("taken@example.com").await;
    for new in [NEW, &owner.email] {
        for n in 0..3 {
            let user = server.sign_up(&format!("user{n}-{new}")).await;
            assert_eq!(ask_for(&server, &user, new).await.status, 202);
        }
        let another = server.sign_up(&format!("another-{new}")).await;
        let refused = ask_for(&server, &another, new).await;
        refused.assert_refused(429, "TooManyRequests");
        assert_eq!(server.owed_mails(&another.id).await.len(), 1);
    }
}
