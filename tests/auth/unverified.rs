//! `REQUIRE_VERIFIED_EMAIL`: a sign-up tells nobody which e-mails have accounts, and nobody logs in
//! before the e-mail is verified.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{Call, ConnectionFault, Item, MAIL, PASSWORD, Reply, Server};

const EMAIL: &str = "ada@example.com";
const WRONG: &str = "not the right one";

async fn server_with(more: &[(&str, &str)]) -> Server {
    let mut settings = vec![MAIL[0], MAIL[1], ("REQUIRE_VERIFIED_EMAIL", "true")];
    settings.extend(more);
    Server::with(&settings).await
}

async fn server() -> Server {
    server_with(&[]).await
}

fn sign_up(server: &Server, body: &Value) -> Call {
    server.post("/api/auth/signup").json(body)
}

fn body(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

fn expect_accepted(reply: &Reply) {
    assert_eq!(reply.status, 202, "{}", reply.text);
    let expected = json!({"status": 202, "success": true, "redirect_to": "/dashboard"});
    assert_eq!(reply.body, expected);
    assert_eq!(reply.headers.get("set-cookie"), None);
    reply.assert_common_headers();
}

/// Returns the id of the new account.
async fn expect_signed_up(server: &Server, email: &str) -> String {
    expect_accepted(&sign_up(server, &body(email)).send().await);
    owner(server, email).await.unwrap()
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

async fn owner(server: &Server, email: &str) -> Option<String> {
    let pk = format!("EMAIL#{email}");
    let items = server.items().await;
    let claim = items.iter().find(|item| text(item, "pk") == pk)?;
    Some(text(claim, "user_id").to_owned())
}

async fn kinds_owed(server: &Server, user_id: &str) -> Vec<String> {
    let owed = server.owed_mails(user_id).await;
    owed.into_iter().map(|mail| mail.kind).collect()
}

async fn accounts(server: &Server) -> usize {
    let keys = server.keys().await;
    keys.iter().filter(|key| key.ends_with(" ACCOUNT")).count()
}

/// All items but the counters: what sign-ups write.
async fn written(server: &Server) -> Vec<Item> {
    let mut items = server.items().await;
    items.retain(|item| text(item, "sk") != "LIMIT");
    items
}

fn size(items: &[Item]) -> usize {
    let attribute = |(name, value): (&String, &AttributeValue)| {
        name.len() + value.as_s().map_or(1, String::len)
    };
    items.iter().flatten().map(attribute).sum()
}

async fn expect_unverified(server: &Server, email: &str) {
    let reply = server.log_in(email, PASSWORD).await;
    reply.assert_refused(403, "EmailNotVerified");
    assert_eq!(reply.headers.get("set-cookie"), None);
}

#[tokio::test]
async fn a_free_and_a_taken_email_get_the_same_answer_after_the_same_requests() {
    let server = server().await;
    expect_signed_up(&server, "taken@example.com").await;
    let more = json!({
        "firstName": "Ada", "callback_url": "/tasks", "credentials_handling": "same-origin",
    });
    for more in [json!({}), more] {
        let mut trails = Vec::new();
        let mut growth = Vec::new();
        for email in ["open1@example.com", "taken@example.com"] {
            let mut body = body(email);
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
                body["email"] = json!(email.replace('1', "2"));
            }
            let before = written(&server).await;
            trails.push(server.trail(sign_up(&server, &body)).await);
            let after = written(&server).await;
            growth.push((after.len() - before.len(), size(&after) - size(&before)));
        }
        assert_eq!(trails[0], trails[1]);
        let operations = trails[0].operations.join(" ");
        assert_eq!(
            operations,
            "UpdateItem GetItem UpdateItem TransactWriteItems"
        );
        assert_eq!(trails[0].round_trips, 3);
        let [(free, free_size), (taken, taken_size)] = growth[..] else {
            panic!("{growth:?}")
        };
        // A taken e-mail writes no claims. In their place it checks two items.
        assert_eq!((free, taken), (6, 4));
        let difference = taken_size.abs_diff(free_size);
        assert!(difference * 5 < free_size, "{taken_size} and {free_size}");
    }
    assert_eq!(accounts(&server).await, 3);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn the_owner_of_a_taken_email_is_told_and_nothing_else_changes() {
    let server = server().await;
    let owner = expect_signed_up(&server, EMAIL).await;
    assert_eq!(kinds_owed(&server, &owner).await, ["verify-email"]);
    let account = server.account(&owner).await;
    let log = server.log_keys().await;

    let again = json!({"email": "ADA@example.com", "password": "a much better password"});
    expect_accepted(&sign_up(&server, &again).send().await);
    let owed = server.owed_mails(&owner).await;
    let owed: Vec<_> = owed.iter().map(|mail| (&*mail.kind, &*mail.to)).collect();
    let expected = [("email-taken", "ADA@example.com"), ("verify-email", EMAIL)];
    assert_eq!(owed, expected);
    assert_eq!(server.account(&owner).await, account);
    assert_eq!(server.log_keys().await, log);
    let other = server.log_in(EMAIL, "a much better password").await;
    other.assert_refused(401, "InvalidCredentials");
    // The rest that was written belongs to nobody, tells nothing and expires.
    let items = written(&server).await;
    let decoys: Vec<_> = items
        .iter()
        .filter(|item| text(item, "sk") == "DECOY")
        .collect();
    assert_eq!(decoys.len(), 3);
    for decoy in decoys {
        assert!(text(decoy, "padding").chars().all(|c| c == '-'));
        let expires_at: i64 = decoy["expires_at"].as_n().unwrap().parse().unwrap();
        assert_eq!(expires_at, server.now_seconds() + 3600);
    }
}

#[tokio::test]
async fn a_taken_username_is_refused_whether_or_not_the_email_is_free() {
    let server = server().await;
    let mut first = body(EMAIL);
    first["username"] = json!("ada");
    expect_accepted(&sign_up(&server, &first).send().await);
    let owner = owner(&server, EMAIL).await.unwrap();
    let before = written(&server).await.len();
    let mut trails = Vec::new();
    for email in ["free@example.com", EMAIL] {
        let body = json!({"email": email, "password": PASSWORD, "username": "ADA"});
        sign_up(&server, &body)
            .send()
            .await
            .assert_refused(409, "UsernameTaken");
        trails.push(server.trail(sign_up(&server, &body)).await);
    }
    assert_eq!(trails[0], trails[1]);
    assert_eq!(written(&server).await.len(), before);
    assert_eq!(kinds_owed(&server, &owner).await, ["verify-email"]);
}

#[tokio::test]
async fn an_email_of_an_account_that_is_being_deleted_looks_the_same_and_leaves_nothing() {
    let server = server().await;
    let owner = expect_signed_up(&server, EMAIL).await;
    let leaving = AttributeValue::Bool(true);
    server
        .set_account_attribute(&owner, "is_leaving", leaving)
        .await;
    let before = written(&server).await;
    let leaving = server.trail(sign_up(&server, &body(EMAIL))).await;
    assert_eq!(written(&server).await.len(), before.len());
    let free = server.trail(sign_up(&server, &body("b@example.com"))).await;
    assert_eq!(leaving, free);
    let taken = json!({"email": EMAIL, "password": PASSWORD, "username": "grace"});
    let other = json!({"email": "c@example.com", "password": PASSWORD, "username": "grace"});
    expect_accepted(&sign_up(&server, &other).send().await);
    let refused = sign_up(&server, &taken).send().await;
    refused.assert_refused(409, "UsernameTaken");
}

#[tokio::test]
async fn a_weak_password_is_refused_before_anything_is_counted() {
    let server = server().await;
    expect_signed_up(&server, EMAIL).await;
    for email in [EMAIL, "free@example.com"] {
        server.traffic.reset();
        let body = json!({"email": email, "password": "password123"});
        let refused = sign_up(&server, &body).send().await;
        refused.assert_refused(422, "WeakPassword");
        assert!(server.traffic.operations().is_empty());
    }
}

#[tokio::test]
async fn an_email_gets_three_signups_an_hour_whether_or_not_it_is_free() {
    let server = server().await;
    let owner = expect_signed_up(&server, EMAIL).await;
    for _ in 0..2 {
        expect_accepted(&sign_up(&server, &body(EMAIL)).send().await);
    }
    let refused = sign_up(&server, &body(EMAIL)).send().await;
    refused.assert_refused(429, "TooManyRequests");
    assert_eq!(kinds_owed(&server, &owner).await.len(), 3);

    // Nobody gets this one, because its username is taken.
    let claimed = json!({"email": "b@example.com", "password": PASSWORD, "username": "ada"});
    expect_accepted(&sign_up(&server, &claimed).send().await);
    let free = json!({"email": "free@example.com", "password": PASSWORD, "username": "ada"});
    for _ in 0..3 {
        let refused = sign_up(&server, &free).send().await;
        refused.assert_refused(409, "UsernameTaken");
    }
    let refused = sign_up(&server, &free).send().await;
    refused.assert_refused(429, "TooManyRequests");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_50_concurrent_signups_with_one_email_each_is_accepted_and_one_makes_the_account() {
    let server = server_with(&[("LINKS_PER_ACCOUNT_PER_HOUR", "1000")]).await;
    let calls = (0..50).map(|_| sign_up(&server, &body(EMAIL)).send());
    for reply in join_all(calls).await {
        expect_accepted(&reply);
    }
    assert_eq!(accounts(&server).await, 1);
    server.assert_claims_and_accounts_agree().await;
    let owner = owner(&server, EMAIL).await.unwrap();
    let kinds = kinds_owed(&server, &owner).await;
    let told = kinds.iter().filter(|kind| *kind == "email-taken").count();
    assert_eq!((told, kinds.len()), (49, 50));
}

#[tokio::test]
async fn a_signup_that_loses_the_email_after_its_read_tells_the_owner() {
    let server = server().await;
    server.traffic.inject(ConnectionFault::Held(3));
    let slower = json!({"email": EMAIL, "password": PASSWORD, "username": "slower"});
    let slower = sign_up(&server, &slower).send();
    let faster = server.traffic.run_while_held(3, async {
        expect_accepted(&sign_up(&server, &body(EMAIL)).send().await);
    });
    let (slower, ()) = futures_util::future::join(slower, faster).await;
    expect_accepted(&slower);
    assert_eq!(accounts(&server).await, 1);
    let owner = owner(&server, EMAIL).await.unwrap();
    let expected = ["email-taken", "verify-email"];
    assert_eq!(kinds_owed(&server, &owner).await, expected);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_login_waits_for_the_verified_email_and_counts_no_failure() {
    let server = server().await;
    let mut body = body(EMAIL);
    body["username"] = json!("ada");
    expect_accepted(&sign_up(&server, &body).send().await);
    let id = owner(&server, EMAIL).await.unwrap();
    for _ in 0..4 {
        let wrong = server.log_in(EMAIL, WRONG).await;
        wrong.assert_refused(401, "InvalidCredentials");
    }
    for _ in 0..3 {
        expect_unverified(&server, EMAIL).await;
    }
    let by_username = json!({"username": "ada", "password": PASSWORD});
    let by_username = server.post("/api/auth/login").json(&by_username);
    let refused = by_username.send().await;
    refused.assert_refused(403, "EmailNotVerified");

    let verified = AttributeValue::Bool(true);
    server
        .set_account_attribute(&id, "email_verified", verified)
        .await;
    let login = server.log_in(EMAIL, PASSWORD).await;
    assert_eq!(login.status, 200, "{}", login.text);
    let log = server.get("/api/auth/me/activity").bearer(login.token());
    let log = log.send().await;
    let entries = log.body["items"].as_array().unwrap().iter();
    let mut outcomes: Vec<_> = entries
        .map(|entry| {
            let code = entry["error_message"].as_str();
            (entry["action"].as_str().unwrap(), code)
        })
        .collect();
    let mut expected = vec![("login", None)];
    expected.extend([("login", Some("EmailNotVerified")); 4]);
    expected.extend([("login", Some("InvalidCredentials")); 4]);
    expected.push(("signup", None));
    // All of them happened in one millisecond of the test's clock.
    outcomes.sort_unstable();
    expected.sort_unstable();
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn a_reset_by_mail_verifies_the_email_of_a_login() {
    let server = server().await;
    let id = expect_signed_up(&server, EMAIL).await;
    expect_unverified(&server, EMAIL).await;
    let forgotten = server.post("/api/auth/password/forgot");
    let forgotten = forgotten.json(&json!({"email": EMAIL})).send().await;
    assert_eq!(forgotten.status, 202);
    let token = server.link_token(&id, LinkPurpose::ResetPassword).await;
    let reset = json!({"token": token, "new_password": "a much better password"});
    let reset = server.post("/api/auth/password/reset").json(&reset);
    assert_eq!(reset.send().await.status, 200);
    let login = server.log_in(EMAIL, "a much better password").await;
    assert_eq!(login.status, 200, "{}", login.text);
}

#[tokio::test]
async fn a_login_mails_a_new_link_once_in_ten_minutes_and_three_times_an_hour() {
    let server = server().await;
    // The windows of the limit begin with the hour.
    server.advance_seconds(3600 - server.now_seconds() % 3600);
    let id = expect_signed_up(&server, EMAIL).await;
    let first = server.link_token(&id, LinkPurpose::VerifyEmail).await;
    let mut mails = vec![kinds_owed(&server, &id).await.len()];
    for seconds in [599, 1, 599, 1, 600, 600, 600, 599, 1] {
        server.advance_seconds(seconds);
        for _ in 0..2 {
            expect_unverified(&server, EMAIL).await;
        }
        mails.push(kinds_owed(&server, &id).await.len());
    }
    // After 50 minutes the hour has had its three. The next hour begins after the last second.
    assert_eq!(mails, [1, 1, 2, 2, 3, 4, 4, 4, 4, 5]);
    let last = server.link_token(&id, LinkPurpose::VerifyEmail).await;
    assert_ne!(first, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_logins_at_once_one_mails_a_link() {
    let server = server_with(&[
        ("LINKS_PER_ACCOUNT_PER_HOUR", "1000"),
        ("LOGIN_FREE_FAILURES", "20"),
    ])
    .await;
    let id = expect_signed_up(&server, EMAIL).await;
    server.advance_seconds(600);
    let logins = (0..10).map(|_| server.log_in(EMAIL, PASSWORD));
    for reply in join_all(logins).await {
        reply.assert_refused(403, "EmailNotVerified");
    }
    assert_eq!(kinds_owed(&server, &id).await.len(), 2);
}

#[tokio::test]
async fn a_login_that_finds_another_ones_link_at_its_write_mails_none_and_counts_no_failure() {
    let server = server_with(&[("LOGIN_FREE_FAILURES", "2")]).await;
    let id = expect_signed_up(&server, EMAIL).await;
    server.advance_seconds(600);
    server.traffic.inject(ConnectionFault::Held(6));
    let slower = expect_unverified(&server, EMAIL);
    let faster = server
        .traffic
        .run_while_held(6, expect_unverified(&server, EMAIL));
    futures_util::future::join(slower, faster).await;
    assert_eq!(kinds_owed(&server, &id).await.len(), 2);
    for _ in 0..2 {
        let wrong = server.log_in(EMAIL, WRONG).await;
        wrong.assert_refused(401, "InvalidCredentials");
    }
}

#[tokio::test]
async fn no_wrong_password_tells_whether_an_email_is_verified() {
    let server = server().await;
    expect_signed_up(&server, EMAIL).await;
    let suspended = expect_signed_up(&server, "suspended@example.com").await;
    let inactive = AttributeValue::Bool(false);
    server
        .set_account_attribute(&suspended, "is_active", inactive)
        .await;
    let mut trails = Vec::new();
    for (email, password) in [
        (EMAIL, WRONG),
        ("nobody@example.com", PASSWORD),
        ("suspended@example.com", PASSWORD),
    ] {
        let login = server.post("/api/auth/login");
        let login = login.json(&json!({"email": email, "password": password}));
        trails.push(server.trail(login).await);
    }
    assert_eq!(trails[0], trails[1]);
    assert_eq!(trails[0], trails[2]);
}

#[tokio::test]
async fn without_the_setting_an_unverified_email_logs_in() {
    let server = Server::with_mail().await;
    let user = server.sign_up(EMAIL).await;
    let login = server.log_in(EMAIL, PASSWORD).await;
    assert_eq!(login.status, 200, "{}", login.text);
    assert_eq!(login.body["user"]["email_verified"], false);
    assert_eq!(kinds_owed(&server, &user.id).await, ["verify-email"]);
}

#[tokio::test]
async fn a_call_that_its_address_may_not_make_uses_up_no_signup_of_the_email() {
    let server = server_with(&[("SIGNUP_PER_ADDRESS_PER_HOUR", "1")]).await;
    expect_signed_up(&server, "first@example.com").await;
    let before = server.all_keys().await;
    let refused = sign_up(&server, &body(EMAIL)).send().await;
    refused.assert_refused(429, "TooManyRequests");
    assert_eq!(server.all_keys().await, before);
}
