//! The items of an export are those that the other calls show, and no others.

use serde_json::{Value, json};

use super::{fields, items, kinds, of_kind, page};
use crate::harness::{PASSWORD, Server};

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
