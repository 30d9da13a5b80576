use serde_json::{Value, json};

use crate::harness::{Server, User, percent_encoded};

const SORTS: [&str; 4] = ["created_at", "-created_at", "due_date", "-due_date"];

/// Creates the tasks a second apart, in this order.
async fn sign_up_with_tasks(server: &Server, bodies: &[Value]) -> User {
    let user = server.sign_up("a@example.com").await;
    for body in bodies {
        server.create_task(&user, body).await;
        server.advance_seconds(1);
    }
    user
}

fn bodies_with_titles(titles: &[&str]) -> Vec<Value> {
    titles.iter().map(|title| json!({"title": title})).collect()
}

#[tokio::test]
async fn an_empty_list_has_no_next_page() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for sort in SORTS {
        let reply = server.list_tasks(&user, &format!("sort={sort}")).await;
        assert_eq!(reply.text, r#"{"items":[],"next_cursor":null}"#, "{sort}");
        assert!(reply.header("etag").is_none());
    }
}

#[tokio::test]
async fn by_default_the_newest_tasks_come_first_in_pages_of_fifty() {
    let server = Server::start().await;
    let titles: Vec<String> = (0..51).map(|n| format!("task {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let user = sign_up_with_tasks(&server, &bodies_with_titles(&titles)).await;
    let pages = server.task_pages(&user, "").await;
    let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [50, 1]);
    let listed: Vec<&str> = pages
        .iter()
        .flatten()
        .map(|item| item["title"].as_str().unwrap())
        .collect();
    assert!(listed.iter().eq(titles.iter().rev()), "{listed:?}");
    for item in [&pages[0][0], &pages[1][0]] {
        let read = server.read_task(&user, item["id"].as_str().unwrap()).await;
        assert_eq!(read.body, *item);
    }
}

#[tokio::test]
async fn head_returns_the_response_of_get_without_its_body() {
    let server = Server::start().await;
    let user = sign_up_with_tasks(&server, &bodies_with_titles(&["a"])).await;
    let reply = server.tasks(&user, "HEAD", "?limit=1").send().await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    reply.assert_common_headers();
    let reply = server.tasks(&user, "HEAD", "?limit=0").send().await;
    assert_eq!((reply.status, reply.text.as_str()), (422, ""));
}

#[tokio::test]
async fn tasks_sort_in_both_directions_and_those_without_a_due_date_come_last() {
    let server = Server::start().await;
    let bodies = [
        json!({"title": "a", "due_date": "2026-12-03"}),
        json!({"title": "b"}),
        json!({"title": "c", "due_date": "2026-12-01"}),
        json!({"title": "d"}),
        json!({"title": "e", "due_date": "2026-12-02T10:00:00+01:00"}),
    ];
    let user = sign_up_with_tasks(&server, &bodies).await;
    for limit in 1..=6 {
        for (sort, expected) in [
            ("created_at", ["a", "b", "c", "d", "e"].as_slice()),
            ("-created_at", &["e", "d", "c", "b", "a"]),
            ("due_date", &["c", "e", "a"]),
            ("-due_date", &["a", "e", "c"]),
        ] {
            let query = format!("sort={sort}&limit={limit}");
            let mut titles = server.task_titles(&user, &query).await;
            let mut without_due_date = titles.split_off(expected.len());
            assert_eq!(titles, expected, "{query}");
            if expected.len() == 3 {
                without_due_date.sort();
                assert_eq!(without_due_date, ["b", "d"], "{query}");
            }
        }
    }
}

#[tokio::test]
async fn a_full_last_page_has_no_cursor() {
    let server = Server::start().await;
    let mut bodies = bodies_with_titles(&["a", "b", "c"]);
    bodies.push(json!({"title": "d", "due_date": "2026-12-03"}));
    let user = sign_up_with_tasks(&server, &bodies).await;
    for sort in SORTS {
        for (limit, expected) in [
            (1, [1, 1, 1, 1].as_slice()),
            (2, &[2, 2]),
            (3, &[3, 1]),
            (4, &[4]),
            (100, &[4]),
        ] {
            let query = format!("sort={sort}&limit={limit}");
            let pages = server.task_pages(&user, &query).await;
            let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
            assert_eq!(lengths, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn filters_match_exactly_and_combine() {
    let server = Server::start().await;
    let bodies = [
        json!({"title": "a", "completed": true, "priority": "high", "tags": ["x", "y"]}),
        json!({"title": "b", "priority": "high", "tags": ["x"], "due_date": "2026-12-01"}),
        json!({"title": "c", "completed": true, "tags": ["xy"], "due_date": "2026-12-02"}),
        json!({"title": "d", "priority": "low", "tags": ["X", "é", "a b&c=d+e,f"]}),
        json!({"title": "e", "description": "high", "tags": []}),
    ];
    let user = sign_up_with_tasks(&server, &bodies).await;
    for (query, expected) in [
        ("completed=true", ["a", "c"].as_slice()),
        ("completed=false", &["b", "d", "e"]),
        ("priority=high", &["a", "b"]),
        ("priority=medium", &["c", "e"]),
        ("priority=low", &["d"]),
        ("tag=x", &["a", "b"]),
        ("tag=y", &["a"]),
        ("tag=xy", &["c"]),
        ("tag=X", &["d"]),
        ("tag=%C3%A9", &["d"]),
        ("tag=e%CC%81", &[]),
        ("tag=a%20b%26c%3Dd%2Be%2Cf", &["d"]),
        ("tag=nobody", &[]),
        ("completed=true&priority=high", &["a"]),
        ("tag=x&completed=false", &["b"]),
        ("tag=x&q=B", &["b"]),
        ("priority=high&due_after=2026-11-01", &["b"]),
        ("due_after=2026-11-01&due_before=2026-12-02", &["b"]),
        ("due_before=2027-01-01&completed=true", &["c"]),
        ("completed=true&priority=low", &[]),
        (
            "completed=false&priority=high&tag=x&q=b&due_after=2026-12-01&due_before=2026-12-02",
            &["b"],
        ),
    ] {
        for sort in SORTS {
            for limit in [1, 100] {
                let query = format!("{query}&sort={sort}&limit={limit}");
                let mut titles = server.task_titles(&user, &query).await;
                titles.sort();
                assert_eq!(titles, expected, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn text_search_covers_title_and_description_in_any_case() {
    let server = Server::start().await;
    let bodies = [
        json!({"title": "Buy MILK", "tags": ["tagged"]}),
        json!({"title": "x", "description": "oat milk,\nor soy"}),
        json!({"title": "École", "description": "ΟΔΟΣ"}),
        json!({"title": "100% [a.b] \\d _ *", "description": "b\ta"}),
        json!({"title": "x milk", "description": "shake"}),
    ];
    let user = sign_up_with_tasks(&server, &bodies).await;
    let all = bodies.iter().map(|body| body["title"].as_str().unwrap());
    let all: Vec<&str> = all.collect();
    for (text, expected) in [
        ("milk", &[0, 1, 4][..]),
        ("MiLk", &[0, 1, 4]),
        ("buy milk", &[0]),
        ("y m", &[0]),
        ("milk,\nor", &[1]),
        ("école", &[2]),
        ("ÉCOLE", &[2]),
        ("οδο", &[2]),
        ("%", &[3]),
        ("_", &[3]),
        (".*", &[]),
        ("*", &[3]),
        ("\\d", &[3]),
        ("[A.B]", &[3]),
        ("b\ta", &[3]),
        // Search covers no tags, no other fields, and no text across title and description.
        ("tagged", &[]),
        ("medium", &[]),
        ("false", &[]),
        ("milk shake", &[]),
        ("milkshake", &[]),
        ("none of them", &[]),
    ] {
        let query = format!("sort=created_at&q={}", percent_encoded(text));
        let expected: Vec<&str> = expected.iter().map(|position| all[*position]).collect();
        assert_eq!(
            server.task_titles(&user, &query).await,
            expected,
            "{text:?}"
        );
    }
    // Search uses the current text of a changed task.
    let list = server.list_tasks(&user, "q=buy").await;
    let suffix = format!("/{}", list.body["items"][0]["id"].as_str().unwrap());
    let call = server.tasks(&user, "PATCH", &suffix);
    let patch = json!({"title": "Sell", "description": "CREAM"});
    assert_eq!(call.json(&patch).send().await.status, 200);
    assert!(server.task_titles(&user, "q=buy").await.is_empty());
    assert_eq!(server.task_titles(&user, "q=cream").await, ["Sell"]);
}

#[tokio::test]
async fn every_parameter_is_validated() {
    let server = Server::start().await;
    let user = sign_up_with_tasks(&server, &bodies_with_titles(&["a"])).await;
    let longest = percent_encoded(&"🦊".repeat(200));
    let too_long = percent_encoded(&"🦊".repeat(201));
    for query in [
        "",
        "limit=1",
        "limit=100",
        "completed=true",
        "completed=false",
        "sort=created_at",
        "sort=due_date",
        "sort=-due_date",
        "q=%20",
        &format!("q={longest}"),
        "%6Cimit=1",
    ] {
        server.list_tasks(&user, query).await;
    }
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=01", "limit"),
        ("limit=%2B1", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.0", "limit"),
        ("limit=1e1", "limit"),
        ("limit=0x10", "limit"),
        ("limit=%201", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("completed=", "completed"),
        ("completed=1", "completed"),
        ("completed=TRUE", "completed"),
        ("completed=null", "completed"),
        ("priority=", "priority"),
        ("priority=High", "priority"),
        ("priority=urgent", "priority"),
        ("sort=", "sort"),
        ("sort=title", "sort"),
        ("sort=--created_at", "sort"),
        ("sort=%2Bcreated_at", "sort"),
        ("sort=created_at,due_date", "sort"),
        ("sort=CREATED_AT", "sort"),
        ("due_after=", "due_after"),
        ("due_after=2026-02-30", "due_after"),
        ("due_before=soon", "due_before"),
        // An unencoded plus is a space.
        ("due_before=2026-11-20T12:00:00+01:00", "due_before"),
        ("tag=", "tag"),
        ("tag=a%00b", "tag"),
        (&format!("tag={too_long}"), "tag"),
        ("q=", "q"),
        (&format!("q={too_long}"), "q"),
        ("page=2", "page"),
        ("Limit=1", "Limit"),
        ("tag[]=x", "tag[]"),
    ] {
        let reply = server.request_tasks(&user, query).await;
        assert_eq!(reply.status, 422, "{query}: {}", reply.text);
        reply.assert_refused_fields(&[name]);
    }
    for query in ["%00", "%ff=%ff", "&&&=", "a%", "x[]=1", "%3Cscript%3E"] {
        let reply = server.request_tasks(&user, query).await;
        reply.assert_refused(422, "ValidationFailed");
    }
}

#[tokio::test]
async fn every_invalid_parameter_is_named() {
    let server = Server::start().await;
    let user = sign_up_with_tasks(&server, &[]).await;
    let query = "limit=0&completed=maybe&priority=urgent&due_before=x&due_after=y&q=&sort=title\
                 &offset=3";
    let reply = server.request_tasks(&user, query).await;
    reply.assert_refused_fields(&[
        "completed",
        "due_after",
        "due_before",
        "limit",
        "offset",
        "priority",
        "q",
        "sort",
    ]);
}

#[tokio::test]
async fn a_repeated_parameter_is_refused_even_with_the_same_value() {
    let server = Server::start().await;
    let user = sign_up_with_tasks(&server, &bodies_with_titles(&["a", "b"])).await;
    let list = server.list_tasks(&user, "limit=1").await;
    let cursor = percent_encoded(list.next_cursor().unwrap());
    for (name, value) in [
        ("limit", "1"),
        ("completed", "true"),
        ("priority", "low"),
        ("tag", "x"),
        ("due_before", "2026-11-20"),
        ("due_after", "2026-11-20"),
        ("q", "x"),
        ("sort", "created_at"),
        ("cursor", &cursor),
    ] {
        let query = format!("{name}={value}&{name}={value}");
        let reply = server.request_tasks(&user, &query).await;
        assert_eq!(reply.status, 422, "{query}: {}", reply.text);
        reply.assert_refused_fields(&[name]);
    }
}

#[tokio::test]
async fn a_user_sees_only_their_own_tasks() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    for (user, title) in [(&ada, "ada's"), (&bob, "bob's")] {
        let body = json!({"title": title, "tags": ["x"], "due_date": "2026-11-20"});
        server.create_task(user, &body).await;
    }
    for query in ["", "tag=x", "q=s", "sort=due_date", "due_after=2026-11-20"] {
        assert_eq!(server.task_titles(&ada, query).await, ["ada's"], "{query}");
        assert_eq!(server.task_titles(&bob, query).await, ["bob's"], "{query}");
    }
}
