//! Pages of a large export: how large they are, and that nothing is missing or there twice while others
//! write.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use super::{
    LARGEST_BODY, export, fields, id, items, kinds, of_kind, page, request_page, write_log,
    write_tasks,
};
use crate::harness::{PASSWORD, Server, User, percent_encoded};

const A_DAY: i64 = 86_400;

/// Pages are measured by their last bytes, so each but the last is nearly full.
const NEARLY_FULL: usize = LARGEST_BODY - 25_000;

/// The ids of one kind, in their order.
fn ids(items: &[Value], kind: &str) -> Vec<String> {
    let ids = of_kind(items, kind).into_iter().map(id);
    ids.map(str::to_owned).collect()
}

fn assert_once_and_in_order(ids: &[String]) {
    assert!(ids.is_sorted());
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

/// Creates, changes and deletes tasks and logs in until the export is over. Returns the ids of the tasks
/// that were created, and of those that were deleted.
async fn keep_writing(
    server: &Server,
    user: &User,
    tasks: &[String],
    is_over: &AtomicBool,
) -> [BTreeSet<String>; 2] {
    let [mut created, mut deleted] = [BTreeSet::new(), BTreeSet::new()];
    for ids in tasks.chunks(2) {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let reply = server.create_task(user, &json!({"title": "New"})).await;
        created.insert(reply.task_id());
        let change = server.tasks(user, "PATCH", &format!("/{}", ids[0]));
        let change = change.json(&json!({"title": "Changed"})).send().await;
        assert_eq!(change.status, 200, "{}", change.text);
        let deletion = server.tasks(user, "DELETE", &format!("/{}", ids[1]));
        assert_eq!(deletion.send().await.status, 204);
        deleted.insert(ids[1].clone());
        let login = server.log_in(&user.email, PASSWORD).await;
        assert_eq!(login.status, 200, "{}", login.text);
        server.advance_seconds(1);
    }
    [created, deleted]
}

#[tokio::test]
async fn a_large_user_gets_each_thing_once_while_others_write() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(60);
    let expiry = server.now_seconds() + A_DAY;
    let entries = write_log(&server, &user, 10_000, expiry).await;
    let tasks = write_tasks(&server, &user, &vec!["d".repeat(4_000); 5_000]).await;
    // Every fifth is changed or deleted meanwhile, those at the end first.
    let touched: Vec<String> = tasks.iter().rev().step_by(5).cloned().collect();

    let is_over = AtomicBool::new(false);
    let exporting = async {
        let (mut found, mut sizes) = (Vec::new(), Vec::new());
        let mut cursor: Option<String> = None;
        loop {
            let reply = page(&server, &user.token, cursor.as_deref()).await;
            found.extend_from_slice(items(&reply));
            sizes.push(reply.text.len());
            match reply.next_cursor() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        is_over.store(true, Ordering::SeqCst);
        (found, sizes)
    };
    let writing = keep_writing(&server, &user, &touched, &is_over);
    let ((found, sizes), [created, deleted]) = futures_util::join!(exporting, writing);
    assert!(deleted.len() > 5, "only {} deletions", deleted.len());

    let (_, full) = sizes.split_last().unwrap();
    assert!(full.len() >= 24, "{sizes:?}");
    assert!(full.iter().all(|size| *size > NEARLY_FULL), "{sizes:?}");

    assert_eq!(ids(&found, "account"), [&*user.id]);
    let logged = ids(&found, "log");
    assert_once_and_in_order(&logged);
    // The entry of the sign-up is the oldest.
    assert_eq!(logged[1..=10_000], entries[..]);
    let exported = ids(&found, "task");
    assert_once_and_in_order(&exported);
    let tasks: BTreeSet<String> = tasks.into_iter().collect();
    let exported: BTreeSet<String> = exported.into_iter().collect();
    let missing: Vec<_> = tasks.difference(&exported).collect();
    assert!(
        missing.iter().all(|id| deleted.contains(*id)),
        "{missing:?}"
    );
    // One more is the model of the others.
    let more: Vec<_> = exported.difference(&tasks).collect();
    let unknown = more.iter().filter(|id| !created.contains(**id)).count();
    assert_eq!(unknown, 1, "{more:?}");
    for task in of_kind(&found, "task").into_iter().take(4_000).step_by(500) {
        assert_eq!(server.read_task(&user, id(task)).await.body, fields(task));
    }
    // Kinds come one after the other.
    let mut order = kinds(&found);
    order.dedup();
    assert_eq!(order, ["account", "session", "log", "task"]);
}

/// In JSON, quotes and tabs take two bytes and the fox four.
#[tokio::test]
async fn pages_of_texts_that_grow_in_json_keep_within_the_bound() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut descriptions = Vec::new();
    for character in ["\"", "\\", "\t", "🦊", "\u{2028}", "\u{7}"] {
        descriptions.extend(vec![character.repeat(4_000); 70]);
    }
    let tasks = write_tasks(&server, &user, &descriptions).await;
    let pages = export(&server, &user.token).await;
    assert!(pages.len() > 4, "{}", pages.len());
    let all = pages.concat();
    assert_eq!(ids(&all, "task")[..tasks.len()], tasks);
    for (task, description) in of_kind(&all, "task").into_iter().zip(&descriptions) {
        assert_eq!(task["description"], **description);
    }
}

#[tokio::test]
async fn a_page_ends_by_the_work_as_well() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(60);
    let now = server.now_seconds();
    write_log(&server, &user, 5_500, now).await;
    let task = server.create_task(&user, &json!({"title": "Milk"})).await;
    server.traffic.reset();
    let first = page(&server, &user.token, None).await;
    assert_eq!(kinds(items(&first)), ["account", "session", "log"]);
    let mut expected = vec!["BatchGetItem"];
    expected.extend(["Query"; 6]);
    assert_eq!(server.traffic.operations(), expected);
    let second = page(&server, &user.token, first.next_cursor()).await;
    assert_eq!(fields(&items(&second)[0]), task.body);
    assert_eq!((items(&second).len(), second.next_cursor()), (1, None));
}

/// A page has what is true when it is read. The account comes once, on the first.
#[tokio::test]
async fn the_account_may_change_between_two_pages() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.log_in(&user.email, PASSWORD).await;
    let tasks = write_tasks(&server, &user, &vec!["d".repeat(4_000); 400]).await;
    let first = page(&server, &user.token, None).await;
    let cursor = first.next_cursor().unwrap();

    let rename = server.call("PATCH", "/api/auth/me").bearer(&user.token);
    let rename = rename.json(&json!({"username": "countess"})).send().await;
    assert_eq!(rename.status, 200, "{}", rename.text);
    let new = "a much better password";
    let body = json!({"current_password": PASSWORD, "new_password": new});
    let change = server.post("/api/auth/me/password").bearer(&user.token);
    let change = change.json(&body).send().await;
    let query = format!("cursor={}", percent_encoded(cursor));
    let ended = request_page(&server, &user.token, &query).await;
    ended.assert_refused(401, "TokenRevoked");

    // The cursor goes on with another session of the same user.
    let second = page(&server, change.token(), Some(cursor)).await;
    let all = [items(&first), items(&second)].concat();
    assert_eq!(second.next_cursor(), None);
    assert_eq!(ids(&all, "task")[..400], tasks);
    assert!(of_kind(items(&second), "account").is_empty());
    let again = page(&server, change.token(), None).await;
    assert_eq!(items(&again)[0]["username"], "countess");
    assert_eq!(ids(items(&again), "session"), [&*user.session_id]);
}
