//! A cursor goes on where its page ended, for its user alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use shared::{Seal, Settings};

use super::{PATH, id, items, of_kind, page, request_page, write_tasks};
use crate::harness::{PASSWORD, PREVIOUS_SECRET, SECRET, Server, User, percent_encoded};

async fn refuse(server: &Server, token: &str, cursor: &str) {
    let query = format!("cursor={}", percent_encoded(cursor));
    let reply = request_page(server, token, &query).await;
    reply.assert_refused(400, "InvalidCursor");
}

/// A user with two pages, and the cursor between them.
async fn with_two_pages(server: &Server) -> (User, Vec<Value>, String) {
    let user = server.sign_up("a@example.com").await;
    write_tasks(server, &user, &vec!["d".repeat(4_000); 300]).await;
    let first = page(server, &user.token, None).await;
    let cursor = first.next_cursor().unwrap().to_owned();
    (user, items(&first).to_vec(), cursor)
}

fn sealed(secret: &str, purpose: &str, text: &str) -> String {
    let settings = Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| secret.to_owned()));
    Seal::new(&settings.unwrap()).seal(purpose, text).unwrap()
}

#[tokio::test]
async fn a_cursor_of_another_user_or_another_list_is_refused() {
    let server = Server::start().await;
    let (ada, _, cursor) = with_two_pages(&server).await;
    let bob = server.sign_up("b@example.com").await;
    server.log_in(&ada.email, PASSWORD).await;
    refuse(&server, &bob.token, &cursor).await;
    let activity = server.get("/api/auth/me/activity?limit=1");
    let activity = activity.bearer(&ada.token).send().await;
    let tasks = server.list_tasks(&ada, "limit=1").await;
    for list in [&activity, &tasks] {
        refuse(&server, &ada.token, list.next_cursor().unwrap()).await;
    }
    // Nor is this one good for them.
    let cursor = percent_encoded(&cursor);
    let activity = server.get(&format!("/api/auth/me/activity?cursor={cursor}"));
    let activity = activity.bearer(&ada.token).send().await;
    activity.assert_refused(400, "InvalidCursor");
    let tasks = server
        .request_tasks(&ada, &format!("cursor={cursor}"))
        .await;
    tasks.assert_refused(400, "InvalidCursor");
}

#[tokio::test]
async fn changed_and_invented_cursors_are_refused() {
    let server = Server::start().await;
    let (user, _, cursor) = with_two_pages(&server).await;
    let mut invalid: Vec<String> = (0..cursor.len())
        .map(|place| {
            let other = if cursor.as_bytes()[place] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &cursor[..place], &cursor[place + 1..])
        })
        .collect();
    invalid.extend(["", "x", "AAAA", "\0", "🦊", "null"].map(str::to_owned));
    invalid.extend([
        format!("{cursor}A"),
        format!("{cursor}="),
        cursor[1..].to_owned(),
    ]);
    for cursor in invalid {
        refuse(&server, &user.token, &cursor).await;
    }
    // Well sealed, and no position.
    let purpose = format!("export {}", user.id);
    for text in ["", "{}", "null", r#"{"section":"mails","after":null}"#] {
        refuse(&server, &user.token, &sealed(SECRET, &purpose, text)).await;
    }
}

#[tokio::test]
async fn a_cursor_survives_a_rotation_of_the_secret_and_the_end_of_its_item() {
    let server = Server::start().await;
    let (user, first, cursor) = with_two_pages(&server).await;
    let expected = page(&server, &user.token, Some(&cursor)).await;

    let position = URL_SAFE_NO_PAD.decode(&cursor).unwrap().split_off(16);
    let position = String::from_utf8(position).unwrap();
    let purpose = format!("export {}", user.id);
    let of_previous = sealed(PREVIOUS_SECRET, &purpose, &position);
    assert_ne!(of_previous, cursor);
    let rotated = page(&server, &user.token, Some(&of_previous)).await;
    assert_eq!(rotated.text, expected.text);
    let unknown = sealed("a secret that was never in use here", &purpose, &position);
    refuse(&server, &user.token, &unknown).await;

    let last = id(of_kind(&first, "task").last().unwrap()).to_owned();
    assert!(position.contains(&last), "{position}");
    let deletion = server.tasks(&user, "DELETE", &format!("/{last}"));
    assert_eq!(deletion.send().await.status, 204);
    let after = page(&server, &user.token, Some(&cursor)).await;
    assert_eq!(after.text, expected.text);
    server.advance_seconds(86_400);
    let later = page(&server, &user.token, Some(&cursor)).await;
    assert_eq!(later.text, expected.text);
    for task in server.task_pages(&user, "limit=100").await.concat() {
        let deletion = server.tasks(&user, "DELETE", &format!("/{}", id(&task)));
        assert_eq!(deletion.send().await.status, 204);
    }
    let empty = page(&server, &user.token, Some(&cursor)).await;
    assert_eq!(empty.text, r#"{"items":[],"next_cursor":null}"#);
}

#[tokio::test]
async fn other_parameters_are_named_and_authentication_comes_first() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for (query, names) in [
        ("limit=10", vec!["limit"]),
        ("cursor=x&sort=id&kind=log", vec!["kind", "sort"]),
        ("cursor=x&cursor=y", vec!["cursor"]),
        ("Cursor=x", vec!["Cursor"]),
    ] {
        let reply = request_page(&server, &user.token, query).await;
        reply.assert_refused_fields(&names);
    }
    for query in ["", "?limit=10", "?cursor=x"] {
        let reply = server.get(&format!("{PATH}{query}")).send().await;
        reply.assert_refused(401, "TokenMissing");
    }
}
