//! `GET me/activity` lists the account events of a user. The process log has the same events.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, Server, User, assert_timestamp, percent_encoded, secrets};

const PATH: &str = "/api/auth/me/activity";
const NEW: &str = "a much better password";

async fn activity(server: &Server, token: &str, query: &str) -> Reply {
    server
        .get(&format!("{PATH}{query}"))
        .bearer(token)
        .send()
        .await
}

/// The action, success, and error code of each entry.
fn entries(reply: &Reply) -> Vec<(String, bool, Option<String>)> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    let items = reply.body["items"].as_array().unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    items
        .iter()
        .map(|item| {
            let success = item["success"].as_bool().unwrap();
            (
                text(&item["action"]).unwrap(),
                success,
                text(&item["error_message"]),
            )
        })
        .collect()
}

fn entry(action: &str, code: Option<&str>) -> (String, bool, Option<String>) {
    (action.to_owned(), code.is_none(), code.map(str::to_owned))
}

async fn send(server: &Server, (method, path): (&str, &str), token: &str, body: Value) -> Reply {
    server.advance_seconds(1);
    let call = server.call(method, path).bearer(token);
    call.json(&body).send().await
}

#[tokio::test]
async fn account_events_are_listed_newest_first() {
    let server = Server::start().await;
    let User {
        token, email, id, ..
    } = server.sign_up("a@example.com").await;
    server.advance_seconds(1);
    server.log_in(&email, "not the right one").await;
    server.advance_seconds(1);
    let second = server.log_in(&email, PASSWORD).await;
    let password = ("POST", "/api/auth/me/password");
    let wrong = json!({"current_password": "not the right one", "new_password": NEW});
    send(&server, password, &token, wrong).await;
    let right = json!({"current_password": PASSWORD, "new_password": NEW});
    let changed = send(&server, password, second.token(), right).await;
    let wrong = json!({"password": "not the right one"});
    send(&server, ("DELETE", "/api/auth/me"), changed.token(), wrong).await;
    let refresh = ("POST", "/api/auth/refresh");
    let refreshed = send(&server, refresh, changed.token(), json!({})).await;
    server.advance_seconds(30);
    let reused = server.me(changed.token()).await;
    reused.assert_refused(401, "TokenRevoked");
    server
        .me(refreshed.token())
        .await
        .assert_refused(401, "TokenRevoked");
    server.advance_seconds(1);
    let third = server.log_in(&email, NEW).await;
    let logout = ("POST", "/api/auth/logout");
    send(&server, logout, third.token(), json!({})).await;
    server.advance_seconds(1);
    let fourth = server.log_in(&email, NEW).await;
    send(&server, logout, fourth.token(), json!({"everywhere": true})).await;
    server.advance_seconds(1);
    let fifth = server.log_in(&email, NEW).await;

    let reply = activity(&server, fifth.token(), "").await;
    assert_eq!(reply.body["next_cursor"], Value::Null);
    assert_eq!(
        entries(&reply),
        [
            entry("login", None),
            entry("logout", None),
            entry("login", None),
            entry("logout", None),
            entry("login", None),
            entry("reuse", Some("TokenRevoked")),
            entry("refresh", None),
            entry("account_delete", Some("WrongPassword")),
            entry("password_change", None),
            entry("password_change", Some("WrongPassword")),
            entry("login", None),
            entry("login", Some("InvalidCredentials")),
            entry("signup", None),
        ]
    );
    for item in reply.body["items"].as_array().unwrap() {
        let mut names: Vec<&String> = item.as_object().unwrap().keys().collect();
        names.sort();
        let expected = [
            "action",
            "error_message",
            "id",
            "ip",
            "request_id",
            "success",
            "timestamp",
            "user_agent",
        ];
        assert_eq!(names, expected);
        assert_eq!(item["ip"], "127.0.0.1");
        assert_timestamp(&item["timestamp"]);
    }
    let reuse_request_id = &reply.body["items"][5]["request_id"];
    assert_eq!(reuse_request_id.as_str(), reused.header("x-request-id"));
    let line = log_line_of(&reused);
    assert_eq!(
        (&line["action"], &line["success"]),
        (&json!("reuse"), &json!(false))
    );

    // The deletion of the account is only in the process log.
    let deleted = send(
        &server,
        ("DELETE", "/api/auth/me"),
        fifth.token(),
        json!({"password": NEW}),
    );
    let deleted = deleted.await;
    assert_eq!(deleted.status, 200);
    assert!(server.log_keys().await.is_empty());
    let line = log_line_of(&deleted);
    assert_eq!(line["action"], "account_delete");
    assert_eq!(
        (&line["success"], &line["user_id"]),
        (&json!(true), &json!(id))
    );
}

/// The only line of the process log for the account event of a call.
fn log_line_of(reply: &Reply) -> Value {
    let id = reply.header("x-request-id").unwrap();
    let lines = secrets::LOG_LINES.lock().unwrap();
    let mut found = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["message"] == "authentication" && line["request_id"] == id);
    let line = found.next().unwrap();
    assert!(found.next().is_none());
    line
}

#[tokio::test]
async fn each_event_is_logged_and_unknown_accounts_are_pseudonymous() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let agent = "Mozilla/5.0 (X11)";
    let log_in = |body: Value| {
        let call = server.post("/api/auth/login").header("user-agent", agent);
        call.json(&body).send()
    };
    let known = log_in(json!({"email": "a@example.com", "password": PASSWORD})).await;
    let line = log_line_of(&known);
    assert_eq!(line["level"], "INFO");
    assert_timestamp(&line["timestamp"]);
    for (name, value) in [
        ("action", json!("login")),
        ("success", json!(true)),
        ("user_id", json!(user.id)),
        ("ip", json!("127.0.0.1")),
        ("user_agent", json!(agent)),
    ] {
        assert_eq!(line[name], value, "{name}");
    }
    assert!(line.get("identifier_hash").is_none());

    let unknown = json!({"email": "Nobody@example.com", "password": PASSWORD});
    let again = json!({"email": "nobody@EXAMPLE.com", "password": PASSWORD});
    let other = json!({"username": "nobody", "password": PASSWORD});
    let (unknown, again, other) = (
        log_in(unknown).await,
        log_in(again).await,
        log_in(other).await,
    );
    let (unknown, again, other) = (
        log_line_of(&unknown),
        log_line_of(&again),
        log_line_of(&other),
    );
    assert_eq!(unknown["error_code"], "InvalidCredentials");
    assert_eq!(unknown["success"], false);
    assert!(unknown.get("user_id").is_none());
    let hash = unknown["identifier_hash"].as_str().unwrap();
    assert!(hash.len() == 32 && hash.chars().all(|c| c.is_ascii_hexdigit()));
    assert_eq!(again["identifier_hash"], hash);
    assert_ne!(other["identifier_hash"], hash);
    // The table has no entries of unknown accounts.
    assert_eq!(server.log_keys().await.len(), 2);
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_duplicates() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..7 {
        server.advance_seconds(1);
        server.log_in(&user.email, PASSWORD).await;
    }
    let mut pages = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let reply = activity(&server, &user.token, &query).await;
        pages.push(entries(&reply).len());
        match reply.body["next_cursor"].as_str() {
            Some(cursor) => query = format!("?limit=3&cursor={}", percent_encoded(cursor)),
            None => break,
        }
    }
    assert_eq!(pages, [3, 3, 2]);
    let single_page = activity(&server, &user.token, "?limit=8").await;
    assert_eq!(
        (
            entries(&single_page).len(),
            &single_page.body["next_cursor"]
        ),
        (8, &Value::Null)
    );
    assert_eq!(entries(&single_page)[7], entry("signup", None));
}

#[tokio::test]
async fn a_user_sees_only_their_own_log_and_bad_parameters_are_named() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    for _ in 0..3 {
        server.advance_seconds(1);
        server.log_in(&ada.email, PASSWORD).await;
    }
    let page = activity(&server, &ada.token, "?limit=2").await;
    let cursor = format!(
        "?cursor={}",
        percent_encoded(page.body["next_cursor"].as_str().unwrap())
    );
    activity(&server, &bob.token, &cursor)
        .await
        .assert_refused(400, "InvalidCursor");
    activity(&server, &ada.token, "?cursor=x")
        .await
        .assert_refused(400, "InvalidCursor");
    let invalid = activity(&server, &ada.token, "?limit=0&sort=ip&cursor=x").await;
    invalid.assert_refused_fields(&["limit", "sort"]);
    // Authentication comes before validation.
    let unauthenticated = server.get(&format!("{PATH}?limit=0")).send().await;
    unauthenticated.assert_refused(401, "TokenMissing");
    assert_eq!(
        entries(&activity(&server, &bob.token, "").await),
        [entry("signup", None)]
    );
    let v1 = server.get("/api/v1/auth/me/activity").bearer(&bob.token);
    assert_eq!(entries(&v1.send().await), [entry("signup", None)]);
}

#[tokio::test]
async fn an_expired_entry_is_hidden_before_the_table_deletes_it() {
    let server = Server::with(&[("LOG_RETENTION_DAYS", "1")]).await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(43_200);
    server.log_in(&user.email, PASSWORD).await;
    assert_eq!(entries(&activity(&server, &user.token, "").await).len(), 2);
    server.advance_seconds(43_200);
    let remaining = activity(&server, &user.token, "").await;
    assert_eq!(entries(&remaining), [entry("login", None)]);
    assert_eq!(server.log_keys().await.len(), 2);
    for item in server.items().await {
        if item["sk"].as_s().unwrap().starts_with("LOG#") {
            let expires_at: i64 = item["expires_at"].as_n().unwrap().parse().unwrap();
            assert!(expires_at - server.now_seconds() <= 43_200);
        }
    }
}

#[tokio::test]
async fn a_cursor_kept_past_the_retention_leads_to_an_empty_last_page() {
    let server = Server::with(&[("LOG_RETENTION_DAYS", "1")]).await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..4 {
        server.advance_seconds(1);
        server.log_in(&user.email, PASSWORD).await;
    }
    let first = activity(&server, &user.token, "?limit=2").await;
    let cursor = percent_encoded(first.body["next_cursor"].as_str().unwrap());
    // At the last moment of the entry that the cursor names, then behind it, then much later.
    for seconds in [86_400 - 2, 1, 1, 1, 5 * 86_400] {
        server.advance_seconds(seconds);
        for limit in [1, 2, 100] {
            let query = format!("?limit={limit}&cursor={cursor}");
            let reply = activity(&server, &user.token, &query).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
    }
    let last = activity(&server, &user.token, &format!("?cursor={cursor}")).await;
    assert_eq!(last.text, r#"{"items":[],"next_cursor":null}"#);
    // Newer entries are no part of what the cursor goes on with.
    server.log_in(&user.email, PASSWORD).await;
    let last = activity(&server, &user.token, &format!("?cursor={cursor}")).await;
    assert_eq!(last.text, r#"{"items":[],"next_cursor":null}"#);
}

#[tokio::test]
async fn a_user_agent_is_stored_truncated_and_without_invisible_characters() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for (sent, stored) in [
        ("a\tb", Some("ab".to_owned())),
        ("\u{202E}gnirts\u{200B}", Some("gnirts".to_owned())),
        (&"x".repeat(5_000), Some("x".repeat(256))),
        ("   ", None),
    ] {
        server.advance_seconds(1);
        let body = json!({"email": user.email, "password": PASSWORD});
        let call = server.post("/api/auth/login").header("user-agent", sent);
        assert_eq!(call.json(&body).send().await.status, 200);
        let reply = activity(&server, &user.token, "?limit=1").await;
        assert_eq!(
            reply.body["items"][0]["user_agent"],
            json!(stored),
            "{sent:?}"
        );
    }
}

#[tokio::test]
async fn concurrent_refreshes_each_have_a_log_entry() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let calls = (0..20).map(|_| server.post("/api/auth/refresh").bearer(&user.token).send());
    for reply in futures_util::future::join_all(calls).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    assert_eq!(server.log_keys().await.len(), 21);
}

#[tokio::test]
async fn the_log_check_finds_secrets() {
    let server = Server::start().await;
    let user = server.sign_up("searched@example.com").await;
    server.me(&user.token).await;
    for secret in [
        PASSWORD,
        user.token.as_str(),
        "searched@example.com",
        "the secret that the tests sign with",
    ] {
        let line = format!("{{\"x\":\"a {secret} b\"}}");
        assert!(secrets::find_any(&line).is_some(), "{secret}");
    }
    assert_eq!(secrets::find_any("{\"message\":\"answered\"}"), None);
    assert!(!secrets::LOG_LINES.lock().unwrap().is_empty());
}
