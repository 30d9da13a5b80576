//! Reads many large tasks page by page while tasks are created and deleted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{Server, User, due_instant, percent_encoded};

const TASKS: usize = 1_000;

/// The maximum number of store requests per page, with any filter.
const MAX_REQUESTS: usize = 20;

const ZONES: [&str; 4] = ["Z", "+05:30", "-08:00", "+00:00"];

/// A task of 4 kB. Every fifth has no due date. The due dates of the others are unordered and not unique.
fn body(n: usize) -> Value {
    let minute = n * 7_919 % 250;
    let (hour, minute, zone) = (8 + minute / 60, minute % 60, ZONES[n % 4]);
    let due_date =
        (!n.is_multiple_of(5)).then(|| format!("2026-12-01T{hour:02}:{minute:02}:00{zone}"));
    let tags = if n % 300 == 7 {
        json!(["rare"])
    } else {
        json!([])
    };
    json!({
        "title": format!("task {n}"),
        "description": "x".repeat(4_000),
        "due_date": due_date,
        "tags": tags,
    })
}

async fn create_all(server: &Server, user: &User) -> Vec<String> {
    let mut ids = Vec::new();
    for chunk in 0..TASKS / 20 {
        let bodies: Vec<Value> = (chunk * 20..(chunk + 1) * 20).map(body).collect();
        ids.extend(server.create_tasks(user, &bodies).await);
        server.advance_seconds(1);
    }
    ids
}

fn id(item: &Value) -> &str {
    item["id"].as_str().unwrap()
}

/// Reads all pages. Creates two tasks and deletes two before each page.
async fn read_during_changes(
    server: &Server,
    user: &User,
    sort: &str,
    remaining: &mut BTreeSet<String>,
) -> Vec<Value> {
    let mut read: Vec<Value> = Vec::new();
    let mut next = format!("sort={sort}&limit=100");
    for page in 0.. {
        let list = server.list_tasks(user, &next).await;
        read.extend(list.body["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = list.next_cursor() else {
            return read;
        };
        assert!(page < 30, "the cursors form a loop");
        next = format!("sort={sort}&limit=100&cursor={}", percent_encoded(cursor));

        let new = [
            body(page),
            json!({"title": "new", "due_date": "1999-01-01"}),
        ];
        server.create_tasks(user, &new).await;
        server.advance_seconds(1);
        // Deletes the task that was read last and one that was not read yet.
        let read_ids: BTreeSet<&str> = read.iter().map(id).collect();
        let unread = remaining.iter().find(|id| !read_ids.contains(id.as_str()));
        let latest = read.iter().rev().map(id).find(|id| remaining.contains(*id));
        let deleted: Vec<String> = [latest.map(str::to_owned), unread.cloned()]
            .into_iter()
            .flatten()
            .collect();
        for id in deleted {
            let call = server.tasks(user, "DELETE", &format!("/{id}"));
            call.send().await.assert_without_body(204);
            remaining.remove(&id);
        }
    }
    unreachable!("the loop returns at the last page");
}

fn assert_in_order(read: &[Value], sort: &str) {
    if sort.ends_with("created_at") {
        // Ids are ordered by time, and at random within a millisecond.
        let is_ascending = read.is_sorted_by(|a, b| id(a) < id(b));
        let is_descending = read.is_sorted_by(|a, b| id(a) > id(b));
        assert_eq!(
            (is_ascending, is_descending),
            (sort == "created_at", sort != "created_at")
        );
        return;
    }
    let due: Vec<Option<i128>> = read
        .iter()
        .map(|item| due_instant(&item["due_date"]))
        .collect();
    let dated = due.iter().take_while(|due| due.is_some()).count();
    assert!(
        due[dated..].iter().all(Option::is_none),
        "tasks without a due date come last"
    );
    if sort == "due_date" {
        assert!(due[..dated].is_sorted());
    } else {
        assert!(due[..dated].is_sorted_by(|a, b| a >= b));
    }
}

async fn assert_each_page_of_a_rare_match_has_bounded_cost(server: &Server, user: &User) {
    for (query, expected) in [
        ("tag=rare", 4),
        ("q=no%20such%20text", 0),
        ("completed=true&sort=due_date", 0),
        ("tag=rare&sort=-due_date", 4),
    ] {
        let mut next = query.to_owned();
        let mut found = BTreeSet::new();
        for page in 0.. {
            assert!(page <= TASKS, "{query}");
            server.traffic.reset();
            let list = server.list_tasks(user, &next).await;
            let cost = server.traffic.operations();
            assert!(cost.len() <= MAX_REQUESTS, "{query}: {cost:?}");
            let items = list.body["items"].as_array().unwrap();
            for item in items {
                assert!(found.insert(id(item).to_owned()), "{query}");
            }
            let Some(cursor) = list.next_cursor() else {
                break;
            };
            next = format!("{query}&cursor={}", percent_encoded(cursor));
        }
        assert_eq!(found.len(), expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_reads_every_remaining_task_once_and_in_order_during_changes() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let created = create_all(&server, &user).await;
    assert_each_page_of_a_rare_match_has_bounded_cost(&server, &user).await;

    let mut remaining: BTreeSet<String> = created.iter().cloned().collect();
    assert_eq!(remaining.len(), TASKS);
    for sort in ["-created_at", "created_at", "due_date", "-due_date"] {
        let read = read_during_changes(&server, &user, sort, &mut remaining).await;
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &read {
            *times.entry(id(item)).or_default() += 1;
        }
        assert!(times.values().all(|times| *times == 1), "{sort}");
        let missed = remaining
            .iter()
            .filter(|id| !times.contains_key(id.as_str()));
        assert_eq!(missed.count(), 0, "{sort}");
        assert_in_order(&read, sort);
        assert!(remaining.len() < TASKS);
    }
}
