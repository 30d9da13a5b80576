//! The items of an export are those that the other calls show, and no others.

use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use super::{fields, items, kinds, of_kind, page};
use crate::harness::{PASSWORD, Server};

const NEW_PASSWORD: &str = "a much better password";

#[tokio::test]
async fn a_small_user_gets_all_on_one_page_as_the_other_calls_show_it() {
    let server = Server::start().await;
    let more = json!({"username": "ada", "firstName": "Ada"});
    let user = server.sign_up_with("a@example.com", more).await;
    server.advance_seconds(1);
    let second = server.log_in(&user.email, PASSWORD).await;
    let mut tasks = Vec::new();
    for body in [
        json!({"title": "Milk"}),
        json!({"title": "\"Eggs\"\u{202e}", "description": "a\n\tb\\", "priority": "high",
            "due_date": "2026-12-01T10:00:00+02:00", "tags": ["x", "🦊"]}),
        json!({"title": "Done", "completed": true, "due_date": "2026-12-01"}),
    ] {
        server.advance_seconds(1);
        tasks.push(server.create_task(&user, &body).await.task_id());
    }
    let changed = server.tasks(&user, "PATCH", &format!("/{}", tasks[0]));
    let changed = changed.json(&json!({"completed": true})).send().await;
    assert_eq!(changed.status, 200);
    let reopened = server.tasks(&user, "PATCH", &format!("/{}", tasks[2]));
    let reopened = reopened.json(&json!({"completed": false})).send().await;
    assert_eq!(reopened.status, 200);

    let reply = page(&server, second.token(), None).await;
    assert_eq!(reply.next_cursor(), None);
    let items = items(&reply);
    assert_eq!(
        kinds(items),
        [
            "account", "session", "session", "log", "log", "task", "task", "task"
        ]
    );
    // `kind` comes first.
    assert_eq!(reply.text.matches(r#"{"kind":""#).count(), items.len());
    let me = server.me(&user.token).await;
    assert_eq!(fields(&items[0]), me.body["user"]);

    let mut sessions: Vec<&str> = of_kind(items, "session")
        .iter()
        .map(|session| session["id"].as_str().unwrap())
        .collect();
    let mut expected = [
        &*user.session_id,
        second.body["session"]["id"].as_str().unwrap(),
    ];
    sessions.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sessions, expected);
    let mut names: Vec<&String> = items[1].as_object().unwrap().keys().collect();
    names.sort_unstable();
    let expected = [
        "created_at",
        "expires_at",
        "id",
        "ip",
        "kind",
        "last_used_at",
        "user_agent",
    ];
    assert_eq!(names, expected);

    let activity = server.get("/api/auth/me/activity").bearer(&user.token);
    let mut log = activity.send().await.body["items"].clone();
    // The export goes forwards.
    log.as_array_mut().unwrap().reverse();
    let exported: Vec<Value> = of_kind(items, "log").into_iter().map(fields).collect();
    assert_eq!(json!(exported), log);

    for (item, id) in of_kind(items, "task").into_iter().zip(&tasks) {
        let shown = server.read_task(&user, id).await;
        assert_eq!(fields(item), shown.body);
        // In the same order, too.
        assert!(reply.text.contains(&shown.text[1..]), "{}", shown.text);
    }
}

/// Everything that the product keeps of a user is in the table of this test.
#[tokio::test]
async fn no_secret_and_nothing_of_links_mails_and_ended_sessions_is_exported() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let ended = server.log_in(&user.email, PASSWORD).await;
    let logout = server.post("/api/auth/logout").bearer(ended.token());
    assert_eq!(logout.send().await.status, 200);
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let change = server.post("/api/auth/me/password").bearer(&user.token);
    let change = change.json(&body).send().await;
    let forgotten = server.post("/api/auth/password/forgot");
    let forgotten = forgotten.json(&json!({"email": user.email})).send().await;
    assert_eq!(forgotten.status, 202);
    let refreshed = server.refresh(change.token()).await;
    let login = server.log_in(&user.email, NEW_PASSWORD).await;
    let new_email = json!({"new_email": "next@example.com", "password": NEW_PASSWORD});
    let new_email = server.post("/api/auth/me/email").json(&new_email);
    assert_eq!(new_email.bearer(login.token()).send().await.status, 202);
    let path = format!("/api/{}/tasks", user.id);
    let create = server.post(&path).bearer(login.token());
    let create = create.header("idempotency-key", "key-of-the-caller");
    let create = create.json(&json!({"title": "Milk"})).send().await;
    assert_eq!(create.status, 201);

    let mut secrets: Vec<String> = [&user.token]
        .into_iter()
        .cloned()
        .chain([&ended, &change, &refreshed, &login].map(|reply| reply.token().to_owned()))
        .collect();
    for reply in [&ended, &login] {
        let cookie = reply.device_cookie().unwrap().split(';').next().unwrap();
        secrets.push(cookie.split_once('=').unwrap().1.to_owned());
    }
    for purpose in LinkPurpose::ALL {
        secrets.extend(server.link_token(&user.id, purpose).await);
    }
    for mail in server.owed_mails(&user.id).await {
        secrets.push(mail.id);
    }
    for item in server.items().await {
        for name in ["password_hash", "sk", "due_key", "last_write", "attempt_id"] {
            // An id is shown; the key that is made of it is not.
            let value = item.get(name).and_then(|value| value.as_s().ok());
            secrets.extend(value.filter(|value| value.len() > 8).cloned());
        }
    }
    secrets.extend(
        [
            "argon2",
            "generation",
            "is_ended",
            "next@example.com",
            "normal",
            "key-of-the-caller",
        ]
        .map(str::to_owned),
    );
    assert!(secrets.len() > 30, "{}", secrets.len());
    secrets.extend(ended.body["session"]["id"].as_str().map(str::to_owned));

    let reply = page(&server, login.token(), None).await;
    assert_eq!(reply.next_cursor(), None);
    for secret in secrets {
        assert!(!reply.text.contains(&secret), "{secret}");
    }
    let mut kinds = kinds(items(&reply));
    // Sign-up, two logins, logout, new password, refresh.
    assert_eq!(kinds.iter().filter(|kind| **kind == "log").count(), 6);
    assert_eq!(kinds.iter().filter(|kind| **kind == "session").count(), 2);
    kinds.dedup();
    assert_eq!(kinds, ["account", "session", "log", "task"]);
}

#[tokio::test]
async fn expired_sessions_and_log_entries_are_gone_before_the_table_deletes_them() {
    let server = Server::with(&[
        ("LOG_RETENTION_DAYS", "1"),
        ("SESSION_TTL_SECONDS", "43200"),
    ])
    .await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(43_199);
    let second = server.log_in(&user.email, PASSWORD).await;
    let all = ["account", "session", "session", "log", "log"];
    assert_eq!(
        kinds(items(&page(&server, second.token(), None).await)),
        all
    );
    server.advance_seconds(1);
    let one_session = ["account", "session", "log", "log"];
    let reply = page(&server, second.token(), None).await;
    assert_eq!(kinds(items(&reply)), one_session);
    let id = second.body["session"]["id"].as_str().unwrap();
    assert_eq!(items(&reply)[1]["id"], id);
    server.advance_seconds(43_196);
    let third = server.log_in(&user.email, PASSWORD).await;
    for (seconds, sessions, entries) in [(2, 2, 3), (1, 1, 3), (1, 1, 2)] {
        server.advance_seconds(seconds);
        let reply = page(&server, third.token(), None).await;
        let expected = [
            vec!["account"],
            vec!["session"; sessions],
            vec!["log"; entries],
        ];
        assert_eq!(kinds(items(&reply)), expected.concat());
    }
    let keys = server.all_keys().await;
    let left = |kind: &str| keys.iter().filter(|key| key.contains(kind)).count();
    assert_eq!((left(" LOG#"), left(" DEVICE#")), (3, 3));
}

#[tokio::test]
async fn others_are_no_part_of_it_and_a_user_without_tasks_has_none() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    server.create_task(&bob, &json!({"title": "Of Bob"})).await;
    let reply = page(&server, &ada.token, None).await;
    assert_eq!(kinds(items(&reply)), ["account", "session", "log"]);
    assert_eq!(reply.next_cursor(), None);
    assert!(!reply.text.contains(&bob.id) && !reply.text.contains(&bob.session_id));
}
