//! Concurrent calls on the same task. Every response is correct, and no write is lost or undone.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Reply, Server, server_with_task};

fn count(replies: &[Reply], status: u16) -> usize {
    replies
        .iter()
        .filter(|reply| reply.status == status)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_50_concurrent_changes_with_the_same_etag_wins() {
    let (server, user, task) = server_with_task().await;
    for (version, method) in (1..).zip(["PUT", "PATCH"]) {
        let bodies: Vec<Value> = (0..50).map(|n| json!({"title": format!("{n}")})).collect();
        let calls = bodies.iter().map(|body| {
            let call = server.tasks(&user, method, &task);
            let call = call.header("if-match", &format!("\"{version}\""));
            call.json(body).send()
        });
        let replies = join_all(calls).await;
        assert_eq!(count(&replies, 200), 1, "{method}");
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            reply.assert_refused(412, "PreconditionFailed");
        }
        let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
        winner.assert_task(200, version + 1);
        let read = server.read_task(&user, &task[1..]).await;
        assert_eq!(read.text, winner.text, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_20_concurrent_deletions_succeeds() {
    for if_match in [None, Some("\"1\""), Some("*")] {
        let (server, user, task) = server_with_task().await;
        let calls = (0..20).map(|_| {
            let call = server.tasks(&user, "DELETE", &task);
            match if_match {
                Some(value) => call.header("if-match", value).send(),
                None => call.send(),
            }
        });
        let replies = join_all(calls).await;
        assert_eq!(count(&replies, 204), 1, "{if_match:?}");
        for reply in replies.iter().filter(|reply| reply.status != 204) {
            reply.assert_refused(404, "NotFound");
        }
        assert!(server.sort_keys(&user.id, "TASK#").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_changes_without_an_etag_each_make_a_version() {
    let (server, user, task) = server_with_task().await;
    let bodies: Vec<Value> = (0..20).map(|n| json!({"title": format!("{n}")})).collect();
    let calls = bodies.iter().enumerate().map(|(n, body)| {
        let method = ["PUT", "PATCH"][n % 2];
        server.tasks(&user, method, &task).json(body).send()
    });
    let replies = join_all(calls).await;
    let mut versions = Vec::new();
    for (reply, body) in replies.iter().zip(&bodies) {
        let version = reply.body["version"].as_u64().unwrap_or_default();
        reply.assert_task(200, version);
        assert_eq!(reply.body["title"], body["title"]);
        versions.push(version);
    }
    versions.sort_unstable();
    assert!(versions.iter().copied().eq(2..=21), "{versions:?}");
    let read = server.read_task(&user, &task[1..]).await;
    read.assert_task(200, 21);
    let last = replies.iter().find(|reply| reply.body["version"] == 21);
    assert_eq!(read.text, last.unwrap().text);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_patches_of_different_fields_all_apply() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..10 {
        let created = server.create_task(&user, &json!({"title": "Milk"})).await;
        let task = format!("/{}", created.task_id());
        let patches = [
            json!({"title": "Bread"}),
            json!({"description": "two"}),
            json!({"completed": true}),
            json!({"priority": "high"}),
            json!({"due_date": "2026-11-20"}),
            json!({"tags": ["x"]}),
        ];
        let calls = patches.iter().map(|patch| {
            let call = server.tasks(&user, "PATCH", &task);
            call.json(patch).send()
        });
        for (reply, patch) in join_all(calls).await.iter().zip(&patches) {
            assert_eq!(reply.status, 200, "{patch}: {}", reply.text);
        }
        let read = server.read_task(&user, &task[1..]).await;
        read.assert_task(200, 7);
        for (name, value) in patches.iter().flat_map(|patch| patch.as_object().unwrap()) {
            assert_eq!(read.body[name], *value, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_deleted_during_changes_stays_deleted() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..5 {
        let created = server.create_task(&user, &json!({"title": "Milk"})).await;
        let task = format!("/{}", created.task_id());
        let body = json!({"title": "Bread", "due_date": "2026-11-20"});
        let calls = (0..20).map(|n| {
            let method = ["PUT", "PATCH", "GET", "DELETE"][if n == 10 { 3 } else { n % 3 }];
            let call = server.tasks(&user, method, &task);
            if n % 3 < 2 && n != 10 {
                call.json(&body).send()
            } else {
                call.send()
            }
        });
        let replies = join_all(calls).await;
        for (n, reply) in replies.iter().enumerate() {
            match (n, reply.status) {
                (10, _) => reply.assert_without_body(204),
                (_, 404) => reply.assert_refused(404, "NotFound"),
                _ => assert_eq!(reply.status, 200, "{}", reply.text),
            }
        }
        for method in ["PUT", "PATCH", "DELETE", "GET"] {
            let call = server.tasks(&user, method, &task);
            let call = if ["PUT", "PATCH"].contains(&method) {
                call.json(&body)
            } else {
                call
            };
            call.send().await.assert_refused(404, "NotFound");
        }
        assert!(server.sort_keys(&user.id, "TASK#").await.is_empty());
        assert!(server.task_titles(&user, "sort=due_date").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_creations_make_distinct_tasks() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bodies: Vec<Value> = (0..20).map(|n| json!({"title": format!("{n}")})).collect();
    let calls = bodies.iter().map(|body| server.create_task(&user, body));
    let mut created_ids: Vec<String> = join_all(calls).await.iter().map(Reply::task_id).collect();
    created_ids.sort();
    created_ids.dedup();
    assert_eq!(created_ids.len(), 20);
    // Both sort directions agree even on tasks of the same millisecond.
    let listed_ids = async |query: &str| -> Vec<String> {
        let pages = server.task_pages(&user, query).await;
        let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
        pages.iter().flatten().map(id).collect()
    };
    assert_eq!(listed_ids("sort=created_at&limit=7").await, created_ids);
    created_ids.reverse();
    assert_eq!(listed_ids("limit=9").await, created_ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_returns_the_preceding_write() {
    let (server, user, task) = server_with_task().await;
    let body = json!({"title": "x", "due_date": "2026-11-20", "tags": ["x"]});
    for version in 2..30 {
        let put = server.tasks(&user, "PUT", &task).json(&body);
        let put = put.send().await;
        put.assert_task(200, version);
        let read = server.read_task(&user, &task[1..]).await;
        assert_eq!(read.text, put.text);
        for query in ["", "sort=due_date", "tag=x&sort=-due_date"] {
            let list = server.list_tasks(&user, query).await;
            assert_eq!(list.body["items"], json!([put.body]), "{query}");
        }
    }
}
