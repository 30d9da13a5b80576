//! The template gives each function exactly the rights that it needs. Every test runs with these rights, so a
//! missing right fails other tests. This test fails for an unused one.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::mail::LinkPurpose;

use crate::{
    harness::{Call, MAIL, PASSWORD, Reply, Server, begun_deletion, granted, weak_hash},
    project::deployment::{functions_with_routes, template},
};

const NEW_PASSWORD: &str = "a much better password";

async fn expect_status(call: Call, status: u16) -> Reply {
    let reply = call.send().await;
    assert_eq!(reply.status, status, "{}", reply.text);
    reply
}

/// A token that was rotated by a refresh, after its grace period.
async fn stale_token(server: &Server, email: &str) -> String {
    let user = server.sign_up(email).await;
    let refresh = server.post("/api/auth/refresh").bearer(&user.token);
    expect_status(refresh, 200).await;
    server.advance_seconds(31);
    user.token
}

async fn sign_up_and_log_in(server: &Server) {
    let user = server.sign_up("login@example.com").await;
    let body = json!({"email": user.email, "password": PASSWORD});
    expect_status(server.post("/api/auth/signup").json(&body), 409).await;

    assert_eq!(server.log_in(&user.email, "not the one").await.status, 401);
    assert_eq!(server.log_in("x@example.com", PASSWORD).await.status, 401);
    let weak = AttributeValue::S(weak_hash(PASSWORD));
    server
        .set_account_attribute(&user.id, "password_hash", weak)
        .await;
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
}

async fn log_out(server: &Server) {
    let path = "/api/auth/logout";
    let user = server.sign_up("logout@example.com").await;
    expect_status(server.post(path).bearer(&user.token), 200).await;
    let again = server.log_in(&user.email, PASSWORD).await;
    let everywhere = json!({"everywhere": true});
    expect_status(
        server.post(path).bearer(again.token()).json(&everywhere),
        200,
    )
    .await;
    let stale = stale_token(server, "logout-late@example.com").await;
    expect_status(server.post(path).bearer(&stale), 200).await;
}

async fn refresh(server: &Server) {
    let stale = stale_token(server, "refresh-late@example.com").await;
    expect_status(server.post("/api/auth/refresh").bearer(&stale), 401).await;
}

async fn me(server: &Server) {
    let path = "/api/auth/me";
    let user = server.sign_up("shown@example.com").await;
    for read in [path, "/api/auth/me/activity", "/api/auth/me/export"] {
        expect_status(server.get(read).bearer(&user.token), 200).await;
    }
    let rename = server.call("PATCH", path).bearer(&user.token);
    expect_status(
        rename.json(&json!({"username": "ada", "lastName": "L"})),
        200,
    )
    .await;
    let delete = || server.call("DELETE", path).bearer(&user.token);
    expect_status(delete().json(&json!({"password": NEW_PASSWORD})), 403).await;
    let session = server.log_in(&user.email, PASSWORD).await;
    expect_status(server.post("/api/auth/logout").bearer(session.token()), 200).await;
    expect_status(delete().json(&json!({"password": PASSWORD})), 200).await;
    let stale = stale_token(server, "me-late@example.com").await;
    expect_status(server.get(path).bearer(&stale), 401).await;
}

async fn sessions(server: &Server) {
    let path = "/api/auth/me/sessions";
    let user = server.sign_up("sessions@example.com").await;
    expect_status(server.get(path).bearer(&user.token), 200).await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let id = other.body["session"]["id"].as_str().unwrap();
    let end = server.call("DELETE", &format!("{path}/{id}"));
    expect_status(end.bearer(&user.token), 200).await;
    expect_status(server.call("DELETE", path).bearer(&user.token), 200).await;
    let stale = stale_token(server, "sessions-late@example.com").await;
    expect_status(server.get(path).bearer(&stale), 401).await;
}

async fn password(server: &Server) {
    let path = "/api/auth/me/password";
    let user = server.sign_up("changed@example.com").await;
    let change = |current: &str| {
        let passwords = json!({"current_password": current, "new_password": NEW_PASSWORD});
        server.post(path).bearer(&user.token).json(&passwords)
    };
    expect_status(change("not the one"), 403).await;
    expect_status(change(PASSWORD), 200).await;
    let stale = stale_token(server, "password-late@example.com").await;
    expect_status(server.post(path).bearer(&stale), 401).await;
}

async fn email(server: &Server) {
    let user = server.sign_up("old@example.com").await;
    let post = |path: &str| server.post(path).bearer(&user.token);
    expect_status(post("/api/auth/email/resend"), 202).await;
    let change = |password: &str| {
        let body = json!({"new_email": "new@example.com", "password": password});
        post("/api/auth/me/email").json(&body)
    };
    expect_status(change(NEW_PASSWORD), 403).await;
    expect_status(change(PASSWORD), 202).await;
    for purpose in [LinkPurpose::VerifyEmail, LinkPurpose::ChangeEmail] {
        let link = json!({"token": server.link_token(&user.id, purpose).await});
        expect_status(server.post("/api/auth/email/verify").json(&link), 200).await;
    }
    let stale = stale_token(server, "email-late@example.com").await;
    let resend = server.post("/api/auth/email/resend").bearer(&stale);
    expect_status(resend, 401).await;
}

async fn forgotten_password(server: &Server) {
    let user = server.sign_up("forgotten@example.com").await;
    for email in [&*user.email, "nobody@example.com"] {
        let forgotten = json!({"email": email});
        let call = server.post("/api/auth/password/forgot").json(&forgotten);
        expect_status(call, 202).await;
    }
    let token = server
        .link_token(&user.id, LinkPurpose::ResetPassword)
        .await;
    let reset = json!({"token": token.unwrap(), "new_password": NEW_PASSWORD});
    let call = || server.post("/api/auth/password/reset").json(&reset);
    expect_status(call(), 200).await;
    expect_status(call(), 400).await;
}

/// On a server that requires verified e-mails.
async fn unverified(server: &Server) {
    let body = json!({"email": "unverified@example.com", "password": PASSWORD});
    for _ in 0..2 {
        let call = server.post("/api/auth/signup").json(&body);
        expect_status(call, 202).await;
    }
    for _ in 0..2 {
        let reply = server.log_in("unverified@example.com", PASSWORD).await;
        reply.assert_refused(403, "EmailNotVerified");
        server.advance_seconds(600);
    }
}

async fn tasks(server: &Server) {
    let user = server.sign_up("tasks@example.com").await;
    let body = json!({"title": "Milk", "due_date": "2026-12-31"});
    let create = || server.tasks(&user, "POST", "").json(&body);
    let task = expect_status(create(), 201).await.task_id();
    for _ in 0..2 {
        expect_status(create().header("idempotency-key", "k"), 201).await;
    }
    for query in ["", "sort=due_date", "sort=-due_date", "q=milk&limit=1"] {
        server.list_tasks(&user, query).await;
    }
    assert_eq!(server.read_task(&user, &task).await.status, 200);
    let change = |method: &str| server.tasks(&user, method, &format!("/{task}"));
    expect_status(change("PUT").json(&body), 200).await;
    expect_status(change("PATCH").json(&json!({"completed": true})), 200).await;
    expect_status(change("DELETE"), 204).await;
    expect_status(change("DELETE"), 404).await;
    let stale = stale_token(server, "tasks-late@example.com").await;
    let path = format!("/api/{}/tasks", user.id);
    expect_status(server.get(&path).bearer(&stale), 401).await;
}

#[tokio::test]
async fn each_function_has_exactly_the_rights_that_it_uses() {
    let server = Server::with_mail().await;
    sign_up_and_log_in(&server).await;
    log_out(&server).await;
    refresh(&server).await;
    me(&server).await;
    sessions(&server).await;
    password(&server).await;
    email(&server).await;
    forgotten_password(&server).await;
    tasks(&server).await;
    let strict = [MAIL[0], MAIL[1], ("REQUIRE_VERIFIED_EMAIL", "true")];
    let strict = Server::with(&strict).await;
    unverified(&strict).await;

    let mut used = server.traffic.used_rights();
    for (function, rights) in strict.traffic.used_rights() {
        used.entry(function).or_default().extend(rights);
    }
    let with_routes = functions_with_routes();
    let granted: BTreeMap<String, _> = granted()
        .clone()
        .into_iter()
        .filter(|(function, _)| with_routes.contains_key(function))
        .collect();
    for (function, granted) in &granted {
        let unused: Vec<String> = granted
            .difference(&used[function])
            .map(ToString::to_string)
            .collect();
        assert!(unused.is_empty(), "{function} does not use {unused:?}");
    }
    assert_eq!(used, granted);
    let mut sent: BTreeSet<String> = server.traffic.operations().into_iter().collect();
    // `mailer` removes the last mail of a deleted account.
    sent.insert("DeleteItem".to_owned());
    assert_eq!(sent, operations_of_the_alarm());
}

/// The operations of the alarm on store failures. `DynamoDB` has this metric only by operation.
fn operations_of_the_alarm() -> BTreeSet<String> {
    let alarm = &template()["Resources"]["TableSystemErrors"]["Properties"]["Metrics"];
    let metrics = alarm.as_array().unwrap().iter();
    let dimensions =
        metrics.filter_map(|metric| metric["MetricStat"]["Metric"]["Dimensions"].as_array());
    dimensions
        .flatten()
        .filter(|dimension| dimension["Name"] == "Operation")
        .map(|dimension| dimension["Value"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn only_the_policies_of_a_function_or_its_own_role_grant_rights() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let mut roles = BTreeSet::new();
    for (name, resource) in resources {
        let properties = &resource["Properties"];
        if let Some(role) = properties.get("Role") {
            assert_eq!(resource["Type"], "AWS::Serverless::Function", "{name}");
            assert!(properties.get("Policies").is_none(), "{name}");
            let role = role["Fn::GetAtt"][0].as_str().unwrap();
            assert!(roles.insert(role.to_owned()), "{role} has two functions");
        }
    }
    for (name, resource) in resources {
        let kind = resource["Type"].as_str().unwrap();
        let is_own_role = kind == "AWS::IAM::Role" && roles.contains(name);
        assert!(is_own_role || !kind.starts_with("AWS::IAM::"), "{name}");
        for property in ["ResourcePolicy", "Connectors"] {
            assert!(resource["Properties"].get(property).is_none(), "{name}");
            assert!(resource.get(property).is_none(), "{name}");
        }
    }
    let globals = template["Globals"]["Function"].as_object().unwrap();
    assert!(!globals.contains_key("Role") && !globals.contains_key("Policies"));
}

#[tokio::test]
async fn the_sweeper_has_exactly_the_rights_that_it_uses() {
    let server = Server::with_mail().await;
    let user = server.sign_up("swept@example.com").await;
    server
        .set_account_attribute(&user.id, "is_leaving", AttributeValue::Bool(true))
        .await;
    let answer = server.call_sweeper(begun_deletion(&user.id)).await;
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert!(server.account(&user.id).await.is_none());
    assert_eq!(
        server.traffic.used_rights()["sweeper"],
        granted()["sweeper"]
    );
}
