//! `POST password/forgot` tells nobody which names have accounts.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{Call, Item, MAIL, Server, User};

const PATH: &str = "/api/auth/password/forgot";

fn forget(server: &Server, body: &Value) -> Call {
    server.post(PATH).json(body)
}

async fn expect_accepted(server: &Server, body: &Value) {
    let reply = forget(server, body).send().await;
    assert_eq!(reply.status, 202, "{body}: {}", reply.text);
    assert_eq!(reply.body, json!({"status": 202, "success": true}));
    assert_eq!(reply.headers.get("set-cookie"), None);
    reply.assert_common_headers();
}

async fn sign_up_in_state(server: &Server, name: &str, state: Option<(&str, bool)>) -> User {
    let email = format!("{name}@example.com");
    let user = server.sign_up_with(&email, json!({"username": name})).await;
    if let Some((attribute, value)) = state {
        let value = AttributeValue::Bool(value);
        server
            .set_account_attribute(&user.id, attribute, value)
            .await;
    }
    user
}

async fn resets_owed(server: &Server, user: &User) -> usize {
    let owed = server.owed_mails(&user.id).await;
    let resets: Vec<_> = owed
        .iter()
        .filter(|mail| mail.kind == "reset-password")
        .collect();
    assert!(resets.iter().all(|mail| mail.to == user.email));
    resets.len()
}

/// The items of mails and links, wherever they lie.
async fn mail_items(server: &Server) -> Vec<Item> {
    let mut items = server.items().await;
    items.retain(|item| {
        let sk = item["sk"].as_s().unwrap();
        sk.starts_with("MAIL#") || sk.starts_with("LINK#")
    });
    items
}

#[tokio::test]
async fn every_name_gets_the_same_answer_after_the_same_requests() {
    let server = Server::with_mail().await;
    let users = [
        ("verified", Some(("email_verified", true)), 1),
        ("unverified", None, 1),
        ("suspended", Some(("is_active", false)), 0),
        ("leaving", Some(("is_leaving", true)), 0),
    ];
    let mut known = Vec::new();
    for (name, state, mails) in users {
        known.push((sign_up_in_state(&server, name, state).await, mails));
    }
    for body in [json!({}), json!({"callback_url": "/tasks?open=1"})] {
        for kind in ["email", "username"] {
            let mut trails = Vec::new();
            for name in ["verified", "unverified", "suspended", "leaving", "nobody"] {
                let mut body = body.clone();
                body[kind] = match kind {
                    "email" => json!(format!("{name}@example.com")),
                    _ => json!(name),
                };
                let before = server.items().await.len();
                trails.push(server.trail(forget(&server, &body)).await);
                // Every call writes a mail and a ticket.
                assert!(server.items().await.len() > before, "{body}");
            }
            for trail in &trails {
                assert_eq!(*trail, trails[0]);
            }
            let operations = trails[0].operations.join(" ");
            let expected = "UpdateItem GetItem UpdateItem UpdateItem GetItem TransactWriteItems";
            assert_eq!(operations, expected);
            assert_eq!(trails[0].round_trips, 3);
        }
    }
    for (user, mails) in &known {
        // Three of the four calls are within the limit of the account.
        assert_eq!(
            resets_owed(&server, user).await,
            mails * 3,
            "{}",
            user.email
        );
    }
}

#[tokio::test]
async fn a_mail_for_nobody_holds_nothing_that_was_typed_and_expires_within_the_hour() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let signed_up = mail_items(&server).await;
    expect_accepted(&server, &json!({"email": "a@example.com"})).await;
    let known: Vec<Item> = mail_items(&server).await;
    expect_accepted(&server, &json!({"email": "typed@example.com"})).await;
    expect_accepted(&server, &json!({"username": "typed-by-somebody"})).await;
    let all = mail_items(&server).await;
    assert_eq!(all.len(), signed_up.len() + 2 * 3);
    for item in all.iter().filter(|item| !known.contains(item)) {
        assert!(!format!("{item:?}").contains("typed"), "{item:?}");
        let expires_at: i64 = item["expires_at"].as_n().unwrap().parse().unwrap();
        assert_eq!(expires_at, server.now_seconds() + 3600);
        // It has the attributes of the mail and the ticket that an account gets.
        let is_alike = |other: &&Item| {
            let prefix = |item: &Item| item["sk"].as_s().unwrap()[..5].to_owned();
            let names = |item: &Item| {
                let mut names: Vec<String> = item.keys().cloned().collect();
                names.sort();
                names
            };
            prefix(other) == prefix(item) && names(other) == names(item)
        };
        assert!(known.iter().any(|other| is_alike(&other)), "{item:?}");
        if let Some(to) = item.get("to") {
            assert!(to.as_s().unwrap().ends_with(".invalid"));
        }
    }
    assert_eq!(resets_owed(&server, &user).await, 1);
}

#[tokio::test]
async fn a_name_gets_three_links_an_hour_whether_or_not_it_has_an_account() {
    let server = Server::with_mail().await;
    let user = sign_up_in_state(&server, "ada", None).await;
    let names = [
        json!({"email": "ada@example.com"}),
        json!({"email": "nobody@example.com"}),
        json!({"username": "nobody"}),
    ];
    let mut refusals = Vec::new();
    for name in &names {
        for _ in 0..3 {
            expect_accepted(&server, name).await;
        }
        server.traffic.reset();
        let refused = forget(&server, name).send().await;
        refused.assert_refused(429, "TooManyRequests");
        let operations = server.traffic.operations().join(" ");
        assert_eq!(
            operations,
            "UpdateItem GetItem UpdateItem UpdateItem GetItem"
        );
        refusals.push(refused);
    }
    let waits: Vec<_> = refusals
        .iter()
        .map(|reply| reply.header("retry-after"))
        .collect();
    assert!(waits.iter().all(|wait| *wait == waits[0]), "{waits:?}");
    assert_eq!(resets_owed(&server, &user).await, 3);
    // However the name is written.
    let shouted = forget(&server, &json!({"email": " ADA@example.com "}));
    shouted.send().await.assert_refused(429, "TooManyRequests");

    let wait: i64 = waits[0].unwrap().parse().unwrap();
    server.advance_seconds(wait);
    for name in &names {
        expect_accepted(&server, name).await;
    }
    assert_eq!(resets_owed(&server, &user).await, 4);
}

#[tokio::test]
async fn both_names_of_an_account_share_its_three_mails_and_no_answer_tells() {
    let server = Server::with_mail().await;
    let user = sign_up_in_state(&server, "ada", None).await;
    let names = [
        json!({"email": "ada@example.com"}),
        json!({"username": "ada"}),
    ];
    for name in &names {
        for _ in 0..3 {
            expect_accepted(&server, name).await;
        }
    }
    assert_eq!(resets_owed(&server, &user).await, 3);
    // The last link that was mailed is still the good one.
    let token = server.link_token(&user.id, LinkPurpose::ResetPassword);
    let reset = json!({"token": token.await, "new_password": "a much better password"});
    let reply = server.post("/api/auth/password/reset").json(&reset);
    assert_eq!(reply.send().await.status, 200);
}

#[tokio::test]
async fn a_username_that_looks_like_an_id_does_not_use_up_the_mails_of_that_account() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..3 {
        expect_accepted(&server, &json!({"username": user.id})).await;
    }
    expect_accepted(&server, &json!({"email": user.email})).await;
    assert_eq!(resets_owed(&server, &user).await, 1);
}

#[tokio::test]
async fn an_address_makes_twenty_calls_an_hour() {
    let server = Server::with(&[MAIL[0], MAIL[1], ("LINKS_PER_ADDRESS_PER_HOUR", "20")]).await;
    for n in 0..20 {
        let name = json!({"email": format!("user{n}@example.com")});
        expect_accepted(&server, &name).await;
    }
    // A refused call does not count: nobody can use up the links of others from one address.
    let counters = server.all_keys().await;
    let name = json!({"email": "another@example.com"});
    let refused = forget(&server, &name).send().await;
    refused.assert_refused(429, "TooManyRequests");
    assert_eq!(server.all_keys().await, counters);
}

#[tokio::test]
async fn a_callback_goes_along_in_the_mail_and_only_a_good_one() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    for (given, kept) in [
        (Value::Null, None),
        (json!("/tasks?open=1#top"), Some("/tasks?open=1#top")),
    ] {
        let body = json!({"email": user.email, "callback_url": given});
        expect_accepted(&server, &body).await;
        let mails = server.owed_mails(&user.id).await;
        let newest = mails.iter().filter(|mail| mail.kind == "reset-password");
        let newest = newest.max_by_key(|mail| mail.id.clone()).unwrap();
        let id = AttributeValue::S(newest.id.clone());
        let items = mail_items(&server).await;
        let item = items.iter().find(|item| item.get("id") == Some(&id));
        let callback = item.unwrap()["callback_url"].as_s().ok();
        assert_eq!(callback.map(String::as_str), kept);
        server.advance_seconds(1);
    }
    for wrong in [
        json!("//evil.example"),
        json!("tasks"),
        json!("/%00"),
        json!(7),
    ] {
        let body = json!({"email": user.email, "callback_url": wrong});
        let reply = forget(&server, &body).send().await;
        reply.assert_refused_fields(&["callback_url"]);
    }
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let server = Server::with_mail().await;
    let both = ["email", "username"];
    for (body, wrong) in [
        (json!({}), &both[..]),
        (json!({"email": "a@example.com", "username": "ada"}), &both),
        (json!({"email": null, "username": null}), &both),
        (json!({"email": "nonsense"}), &["email"]),
        (json!({"username": "a@b"}), &["username"]),
        (
            json!({"email": "a@example.com", "password": "x"}),
            &["password"],
        ),
    ] {
        let reply = forget(&server, &body).send().await;
        reply.assert_refused_fields(wrong);
    }
}

#[tokio::test]
async fn without_mail_the_calls_are_not_there() {
    let server = Server::start().await;
    for path in [PATH, "/api/auth/password/reset"] {
        let call = server.post(path).header("sec-fetch-site", "cross-site");
        call.send().await.assert_refused(404, "NotFound");
        let call = server.post(path).json(&json!({"email": "a@example.com"}));
        call.send().await.assert_refused(404, "NotFound");
    }
    assert!(server.traffic.operations().is_empty());
}

#[tokio::test]
async fn a_forgotten_password_leaves_no_log_entry() {
    let server = Server::with_mail().await;
    server.sign_up("a@example.com").await;
    let before = server.log_keys().await;
    expect_accepted(&server, &json!({"email": "a@example.com"})).await;
    assert_eq!(server.log_keys().await, before);
}
