//! A cursor keeps its position. It is valid for one user, one set of filters, and one sort order.

use serde_json::json;

use crate::harness::{Server, User, join_query, percent_encoded};

const SORTS: [&str; 4] = ["created_at", "-created_at", "due_date", "-due_date"];

/// Creates the tasks `a` to `f` a second apart. `c` and `d` have no due date.
async fn sign_up_with_six_tasks(server: &Server, email: &str) -> User {
    let user = server.sign_up(email).await;
    for (n, title) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
        let due_date = (!["c", "d"].contains(&title)).then(|| format!("2026-12-0{}", n + 1));
        let body = json!({"title": title, "due_date": due_date, "tags": ["x"]});
        server.create_task(&user, &body).await;
        server.advance_seconds(1);
    }
    user
}

async fn cursor(server: &Server, user: &User, query: &str) -> String {
    let list = server.list_tasks(user, query).await;
    percent_encoded(list.next_cursor().unwrap())
}

#[tokio::test]
async fn the_limit_can_change_between_pages() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    for sort in SORTS {
        let all_titles = server.task_titles(&user, &format!("sort={sort}")).await;
        let first = cursor(&server, &user, &format!("sort={sort}&limit=1")).await;
        let query = format!("sort={sort}&limit=3&cursor={first}");
        let second = server.list_tasks(&user, &query).await;
        let next = percent_encoded(second.next_cursor().unwrap());
        let third = format!("sort={sort}&cursor={next}");
        let third = server.list_tasks(&user, &third).await;
        assert!(third.next_cursor().is_none());
        let titles: Vec<&str> = [&second, &third]
            .into_iter()
            .flat_map(|reply| reply.body["items"].as_array().unwrap())
            .map(|item| item["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, all_titles[1..], "{sort}");
        // A cursor can be used again.
        let again = server.list_tasks(&user, &query).await;
        assert_eq!(again.body["items"], second.body["items"]);
    }
}

#[tokio::test]
async fn the_default_sort_can_be_named_and_parameter_order_is_irrelevant() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    let cursor = cursor(&server, &user, "limit=2&tag=x&completed=false").await;
    for query in [
        format!("cursor={cursor}&completed=false&tag=x&limit=1"),
        format!("sort=-created_at&tag=%78&completed=false&cursor={cursor}&limit=1"),
    ] {
        let list = server.list_tasks(&user, &query).await;
        assert_eq!(list.body["items"][0]["title"], "d", "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_invalid_with_other_filters_or_another_sort() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    let queries = [
        "",
        "sort=created_at",
        "sort=due_date",
        "sort=-due_date",
        "completed=false",
        "priority=medium",
        "tag=x",
        "due_after=2026-11-01",
        "due_before=2027-01-01",
        "due_after=2026-11-02",
        "completed=false&priority=medium",
        "tag=x&sort=due_date",
    ];
    for made_with in queries {
        let cursor = cursor(&server, &user, &join_query(made_with, "limit=1")).await;
        for used_with in queries {
            let query = join_query(used_with, &format!("limit=1&cursor={cursor}"));
            let reply = server.request_tasks(&user, &query).await;
            if used_with == made_with {
                assert_eq!(reply.status, 200, "{query}: {}", reply.text);
            } else {
                assert_eq!(reply.status, 400, "{made_with} → {query}: {}", reply.text);
                reply.assert_refused(400, "InvalidCursor");
            }
        }
        for more in ["q=x", "tag=y", "completed=true", "priority=low"] {
            if made_with.contains(more.split('=').next().unwrap()) {
                continue;
            }
            let query = join_query(made_with, &format!("{more}&cursor={cursor}"));
            let reply = server.request_tasks(&user, &query).await;
            reply.assert_refused(400, "InvalidCursor");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_invalid_for_another_user() {
    let server = Server::start().await;
    let ada = sign_up_with_six_tasks(&server, "a@example.com").await;
    let bob = sign_up_with_six_tasks(&server, "b@example.com").await;
    for sort in SORTS {
        let cursor = cursor(&server, &ada, &format!("sort={sort}&limit=2")).await;
        let query = format!("sort={sort}&cursor={cursor}");
        let reply = server.request_tasks(&bob, &query).await;
        reply.assert_refused(400, "InvalidCursor");
        assert!(!reply.text.contains(&ada.id));
        server.list_tasks(&ada, &query).await;
    }
}

#[tokio::test]
async fn changed_and_invented_cursors_are_refused() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    let list = server.list_tasks(&user, "limit=2").await;
    let valid = list.next_cursor().unwrap();
    assert!(valid.is_ascii(), "{valid}");
    let mut invalid: Vec<String> = (0..valid.len())
        .map(|position| {
            let other = if valid.as_bytes()[position] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &valid[..position], &valid[position + 1..])
        })
        .collect();
    invalid.extend((1..valid.len()).map(|length| valid[..length].to_owned()));
    for text in [
        "",
        "x",
        "null",
        "0",
        "e30",
        "eyJ9",
        "AAAAAAAAAAAAAAAAAAAAAAAA",
        "=",
        "../..",
        "\0",
        "é",
        "🦊",
        "{\"pk\":\"USER#x\",\"sk\":\"ACCOUNT\"}",
        &user.id,
        &format!("{valid}A"),
        &format!("{valid}="),
        &format!(" {valid}"),
        &format!("{valid} "),
        &format!("{valid}\n"),
        &format!("{valid}{valid}"),
        &"A".repeat(6_000),
    ] {
        invalid.push(text.to_owned());
    }
    let task = list.body["items"][0]["id"].as_str().unwrap();
    invalid.push(task.to_owned());
    invalid.push(format!("TASK#{task}"));
    for cursor in invalid {
        let query = format!("limit=2&cursor={}", percent_encoded(&cursor));
        let reply = server.request_tasks(&user, &query).await;
        assert_eq!(reply.status, 400, "{cursor:?} of {valid}: {}", reply.text);
        reply.assert_refused(400, "InvalidCursor");
    }
    let query = format!("limit=2&cursor={}", percent_encoded(valid));
    server.list_tasks(&user, &query).await;
}

#[tokio::test]
async fn a_cursor_reveals_no_keys() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    for sort in SORTS {
        let list = server
            .list_tasks(&user, &format!("sort={sort}&limit=2"))
            .await;
        let cursor = list.next_cursor().unwrap();
        assert!(cursor.len() <= 1_024, "{cursor}");
        for inner in ["USER#", "TASK#", "ACCOUNT"] {
            assert!(!cursor.contains(inner), "{cursor}");
        }
    }
}

#[tokio::test]
async fn a_cursor_keeps_its_position_when_its_task_is_deleted() {
    for sort in SORTS {
        let server = Server::start().await;
        let user = sign_up_with_six_tasks(&server, "a@example.com").await;
        let query = format!("sort={sort}");
        let all_titles = server.task_titles(&user, &query).await;
        let all = server.list_tasks(&user, &query).await;
        let id = |position: usize| all.body["items"][position]["id"].as_str().unwrap();
        let cursor = cursor(&server, &user, &format!("{query}&limit=3")).await;
        let next_query = format!("{query}&limit=3&cursor={cursor}");

        // Deletes the task at the cursor, one before it, and one after it.
        for position in [2, 0, 4] {
            let task = format!("/{}", id(position));
            let reply = server.tasks(&user, "DELETE", &task).send().await;
            reply.assert_without_body(204);
        }
        // A changed description moves no task.
        let patch = server.tasks(&user, "PATCH", &format!("/{}", id(3)));
        let patch = patch.json(&json!({"description": "changed"}));
        assert_eq!(patch.send().await.status, 200);
        let list = server.list_tasks(&user, &next_query).await;
        let items = list.body["items"].as_array().unwrap();
        let titles: Vec<&str> = items
            .iter()
            .map(|item| item["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, [&*all_titles[3], &*all_titles[5]], "{sort}");
        assert!(list.next_cursor().is_none());
    }
}

#[tokio::test]
async fn a_cursor_survives_a_refresh_and_a_day() {
    let server = Server::start().await;
    let user = sign_up_with_six_tasks(&server, "a@example.com").await;
    let cursor = cursor(&server, &user, "limit=2").await;
    server.advance_seconds(86_400);
    let call = server.post("/api/auth/refresh").bearer(&user.token);
    let refreshed = call.send().await;
    let user = User {
        token: refreshed.token().to_owned(),
        ..user
    };
    let query = format!("cursor={cursor}");
    let list = server.list_tasks(&user, &query).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn no_change_of_the_tasks_makes_a_cursor_fail() {
    for change in ["all due dates go", "all due dates change", "all tasks go"] {
        let server = Server::start().await;
        let user = sign_up_with_six_tasks(&server, "a@example.com").await;
        let mut queries = Vec::new();
        for sort in SORTS {
            for filter in ["", "&due_after=2026-11-01", "&q=e"] {
                for limit in 1..6 {
                    let query = format!("sort={sort}{filter}");
                    let list = server
                        .list_tasks(&user, &format!("{query}&limit={limit}"))
                        .await;
                    if let Some(cursor) = list.next_cursor() {
                        queries.push(format!("{query}&cursor={}", percent_encoded(cursor)));
                    }
                }
            }
        }
        assert!(queries.len() > 30);
        let all = server.list_tasks(&user, "").await;
        for (n, item) in all.body["items"].as_array().unwrap().iter().enumerate() {
            let task = format!("/{}", item["id"].as_str().unwrap());
            let due_date = match change {
                "all due dates go" => None,
                _ => Some(format!("{}-01-01", [1990, 2026, 9998][n % 3])),
            };
            let reply = if change == "all tasks go" {
                server.tasks(&user, "DELETE", &task).send().await
            } else {
                let call = server.tasks(&user, "PATCH", &task);
                call.json(&json!({"due_date": due_date})).send().await
            };
            assert!(reply.status < 300, "{}", reply.text);
        }
        for query in &queries {
            let list = server.list_tasks(&user, query).await;
            if change == "all tasks go" {
                assert_eq!(list.text, r#"{"items":[],"next_cursor":null}"#, "{query}");
            }
        }
    }
}
