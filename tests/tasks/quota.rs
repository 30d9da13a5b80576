//! `MAX_TASKS` is kept exactly, by a count that always agrees with the tasks.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use local::database;
use serde_json::json;

use crate::harness::{PASSWORD, Reply, Server, TABLE, User};

async fn server_of_five() -> (Server, User) {
    let server = Server::with(&[("MAX_TASKS", "5")]).await;
    let user = server.sign_up("a@example.com").await;
    (server, user)
}

async fn create(server: &Server, user: &User, key: Option<&str>) -> Reply {
    let call = server
        .tasks(user, "POST", "")
        .json(&json!({"title": "Milk"}));
    let call = match key {
        Some(key) => call.header("idempotency-key", key),
        None => call,
    };
    call.send().await
}

async fn delete(server: &Server, user: &User, id: &str) -> Reply {
    let call = server.tasks(user, "DELETE", &format!("/{id}"));
    call.send().await
}

/// Nothing before the first task.
async fn counted(server: &Server, user: &User) -> Option<usize> {
    let items = server.items().await;
    let pk = format!("TASKS#{}", user.id);
    let count = items
        .iter()
        .find(|item| item["pk"].as_s() == Ok(&pk) && item["sk"].as_s().unwrap() == "COUNT");
    count.map(|count| count["tasks"].as_n().unwrap().parse().unwrap())
}

async fn assert_counted(server: &Server, user: &User, tasks: usize) {
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), tasks);
    assert_eq!(counted(server, user).await, Some(tasks));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_tasks_at_once_exactly_as_many_are_created_as_the_quota_allows() {
    let (server, user) = server_of_five().await;
    let other = server.sign_up("b@example.com").await;
    let replies = join_all((0..20).map(|_| create(&server, &user, None))).await;
    let (created, refused): (Vec<_>, Vec<_>) =
        replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(created.len(), 5);
    for reply in refused {
        reply.assert_refused(409, "QuotaReached");
        assert!(
            reply.body["message"].as_str().unwrap().contains("Delete"),
            "{}",
            reply.text
        );
    }
    assert_counted(&server, &user, 5).await;
    // The quota is each user's own.
    assert_eq!(create(&server, &other, None).await.status, 201);
    assert_counted(&server, &other, 1).await;
}

#[tokio::test]
async fn a_deleted_task_makes_room_for_one() {
    let (server, user) = server_of_five().await;
    assert_eq!(counted(&server, &user).await, None);
    let mut last = String::new();
    for _ in 0..5 {
        last = create(&server, &user, None).await.task_id();
    }
    for _ in 0..3 {
        let refused = create(&server, &user, None).await;
        refused.assert_refused(409, "QuotaReached");
        // A refused deletion makes no room.
        let path = format!("/{last}");
        let stale = server
            .tasks(&user, "DELETE", &path)
            .header("if-match", "\"9\"");
        stale.send().await.assert_refused(412, "PreconditionFailed");
        assert_counted(&server, &user, 5).await;
        assert_eq!(delete(&server, &user, &last).await.status, 204);
        delete(&server, &user, &last)
            .await
            .assert_refused(404, "NotFound");
        assert_counted(&server, &user, 4).await;
        last = create(&server, &user, None).await.task_id();
    }
    // Changes are allowed at the quota.
    let call = server.tasks(&user, "PUT", &format!("/{last}"));
    let changed = call.json(&json!({"title": "Bread"})).send().await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn a_repeat_at_the_quota_has_the_answer_of_the_first_call() {
    let (server, user) = server_of_five().await;
    let first = create(&server, &user, Some("k")).await;
    for _ in 0..4 {
        create(&server, &user, None).await;
    }
    let again = create(&server, &user, Some("k")).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    // The refusal does not use the key up.
    let refused = create(&server, &user, Some("l")).await;
    refused.assert_refused(409, "QuotaReached");
    delete(&server, &user, &first.task_id()).await;
    create(&server, &user, Some("l")).await.assert_task(201, 1);
    assert_counted(&server, &user, 5).await;
    let again = create(&server, &user, Some("k")).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_counted(&server, &user, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_agrees_with_the_tasks_after_any_creations_and_deletions() {
    let (server, user) = server_of_five().await;
    let mut seed = 7_u32;
    for _ in 0..12 {
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize
        };
        let keys = server.sort_keys(&user.id, "TASK#").await;
        let ids: Vec<&str> = keys.iter().map(|key| &key["TASK#".len()..]).collect();
        let creations = join_all((0..random() % 7).map(|n| {
            let key = (n % 2 == 0).then_some("same");
            create(&server, &user, key)
        }));
        // Some tasks are deleted twice at once.
        let chosen: Vec<&str> = (0..random() % 7)
            .filter_map(|_| ids.get(random() % ids.len().max(1)).copied())
            .collect();
        let deletions = join_all(chosen.iter().map(|id| delete(&server, &user, id)));
        let (replies, of_deletions) = tokio::join!(creations, deletions);
        for reply in replies.iter().chain(&of_deletions) {
            assert!(
                [201, 204, 404, 409, 503].contains(&reply.status),
                "{}",
                reply.text
            );
        }
        let tasks = server.sort_keys(&user.id, "TASK#").await.len();
        assert!(tasks <= 5, "{tasks}");
        assert_eq!(counted(&server, &user).await.unwrap_or_default(), tasks);
    }
}

/// The deletion of the account has passed the count, and not yet the task.
#[tokio::test]
async fn a_task_that_is_deleted_during_the_deletion_of_the_account_makes_no_count() {
    let (server, user) = server_of_five().await;
    let id = create(&server, &user, None).await.task_id();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    database::client(server.database)
        .delete_item()
        .table_name(TABLE)
        .key("pk", text(&format!("TASKS#{}", user.id)))
        .key("sk", text("COUNT"))
        .send()
        .await
        .unwrap();
    delete(&server, &user, &id)
        .await
        .assert_refused(401, "TokenRevoked");
    assert_eq!(counted(&server, &user).await, None);
}

#[tokio::test]
async fn a_deleted_account_leaves_no_count() {
    let (server, user) = server_of_five().await;
    for key in ["k", "l"] {
        create(&server, &user, Some(key)).await.assert_task(201, 1);
    }
    let partition = format!("TASKS#{} ", user.id);
    let keys = server.all_keys().await;
    let of_tasks = keys.iter().filter(|key| key.starts_with(&partition));
    assert_eq!(of_tasks.count(), 5);
    let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let reply = call.json(&json!({"password": PASSWORD})).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(server.keys().await.is_empty());
    assert!(server.log_keys().await.is_empty());
}
