//! Due dates: the accepted formats, storage without change, and comparison as instants.

use serde_json::{Value, json};

use crate::harness::{Server, due_instant, percent_encoded};

#[tokio::test]
async fn valid_due_dates_are_stored_unchanged() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for text in [
        "2026-11-20",
        "2024-02-29",
        "2000-02-29",
        "1970-01-01",
        "1969-12-31",
        "0001-01-01",
        "9998-12-31",
        "2026-11-20T12:00:00Z",
        "2026-11-20t12:00:00z",
        "2026-11-20T00:00:00Z",
        "2026-11-20T23:59:59Z",
        "2026-11-20T12:00:00.1Z",
        "2026-11-20T12:00:00.120Z",
        "2026-11-20T12:00:00.123456789Z",
        "2026-11-20T12:00:00+00:00",
        "2026-11-20T12:00:00-00:00",
        "2026-11-20T12:00:00+05:30",
        "2026-11-20T12:00:00-12:00",
        "2026-11-20T12:00:00+14:00",
        "2026-11-20T12:00:00+23:59",
        "2026-11-20T12:00:00.5-08:00",
        "0001-01-02T00:00:00+23:59",
    ] {
        let body = json!({"title": text, "due_date": text});
        let created = server.create_task(&user, &body).await;
        assert_eq!(created.body["due_date"], text);
        let suffix = format!("/{}", created.task_id());
        for method in ["PUT", "PATCH"] {
            let call = server.tasks(&user, method, &suffix).json(&body);
            assert_eq!(call.send().await.body["due_date"], text, "{method}");
        }
        let read = server.read_task(&user, &created.task_id()).await;
        assert_eq!(read.body["due_date"], text);
        for name in ["due_after", "due_before"] {
            let query = format!("{name}={}", percent_encoded(text));
            server.list_tasks(&user, &query).await;
        }
    }
}

#[tokio::test]
async fn invalid_dates_are_refused_as_fields_and_as_filters() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let created = server.create_task(&user, &json!({"title": "x"})).await;
    let suffix = format!("/{}", created.task_id());
    for text in [
        "",
        " ",
        "tomorrow",
        "2026",
        "2026-11",
        "2026-02-29",
        "2026-02-30",
        "1900-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-01-32",
        "26-01-01",
        "2026-1-1",
        "20260101",
        "2026/01/01",
        "2026-W01-1",
        "2026-001",
        "+2026-01-01",
        "-0001-01-01",
        "10000-01-01",
        "+12026-01-01",
        " 2026-01-01",
        "2026-01-01 ",
        "2026-01-01\n",
        "2026-01-01\0",
        "２０２６-01-01",
        "٢٠٢٦-٠١-٠١",
        "2026-01-01Z",
        "2026-01-01+01:00",
        "2026-01-01T",
        "2026-01-01T10Z",
        "2026-01-01T10:00Z",
        "2026-01-01T10:00:00",
        "2026-01-01T10:00:00.123",
        "2026-01-01T24:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T10:60:00Z",
        "2026-01-01T10:00:61Z",
        "2026-01-01T1:00:00Z",
        "2026-01-01T10:00:00.Z",
        "2026-01-01T10:00:00,5Z",
        "2026-01-01T10:00:00ZZ",
        "2026-01-01T10:00:00Z ",
        "2026-01-01T10:00:00 Z",
        "2026-01-01T10:00:00+5:30",
        "2026-01-01T10:00:00+0530",
        "2026-01-01T10:00:00+05",
        "2026-01-01T10:00:00+24:00",
        "2026-01-01T10:00:00+05:60",
        "2026-01-01T10:00:00\u{2212}05:00",
        "2026-01-01T10:00:00Z[Europe/Paris]",
        "2026-01-01T10:00:00 +01:00",
        "2026-02-30T10:00:00Z",
        "Thu, 01 Jan 2026 10:00:00 GMT",
        "1767261600",
        "null",
    ] {
        let body = json!({"title": "x", "due_date": text});
        for (method, suffix) in [("POST", ""), ("PUT", &suffix), ("PATCH", &suffix)] {
            let reply = server.tasks(&user, method, suffix).json(&body).send().await;
            assert_eq!(reply.status, 422, "{method} {text:?}: {}", reply.text);
            reply.assert_refused_fields(&["due_date"]);
        }
        for name in ["due_after", "due_before"] {
            let query = format!("{name}={}", percent_encoded(text));
            let reply = server.request_tasks(&user, &query).await;
            assert_eq!(reply.status, 422, "{query}: {}", reply.text);
            reply.assert_refused_fields(&[name]);
        }
    }
    let read = server.read_task(&user, &created.task_id()).await;
    assert_eq!(read.text, created.text);
}

/// The API may accept or refuse these dates. An accepted date must be stored unchanged.
#[tokio::test]
async fn dates_at_the_edges_of_the_calendar_are_stored_or_refused() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut stored = 0;
    for text in [
        "0000-01-01",
        "0000-02-29",
        "0000-01-01T00:00:00Z",
        "0000-01-01T00:00:00+00:01",
        "0000-01-01T00:00:00+23:59",
        "0000-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999999Z",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59-23:59",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.999Z",
        "2016-12-31T18:59:60-05:00",
        "2026-06-15T12:00:60Z",
        "9999-12-31T23:59:60Z",
        "2026-11-20 12:00:00Z",
        "2026-11-20_12:00:00Z",
        "2026-11-20T12:00:00.1234567890123456789Z",
    ] {
        let body = json!({"title": text, "due_date": text});
        let reply = server.tasks(&user, "POST", "").json(&body).send().await;
        if reply.status == 201 {
            reply.assert_task(201, 1);
            assert_eq!(reply.body["due_date"], text);
            let read = server.read_task(&user, &reply.task_id()).await;
            assert_eq!(read.text, reply.text);
            stored += 1;
        } else {
            reply.assert_refused_fields(&["due_date"]);
        }
        for name in ["due_after", "due_before"] {
            let query = format!("{name}={}", percent_encoded(text));
            let list = server.request_tasks(&user, &query).await;
            let expected = if reply.status == 201 { 200 } else { 422 };
            assert_eq!(list.status, expected, "{query}: {}", list.text);
        }
    }
    for sort in ["due_date", "-due_date"] {
        let query = format!("sort={sort}&limit=2");
        assert_eq!(server.task_titles(&user, &query).await.len(), stored);
    }
    // None of them affects the list of an ordinary date.
    let ordinary = json!({"title": "ordinary", "due_date": "2026-11-20"});
    server.create_task(&user, &ordinary).await;
    let query = "due_after=2026-11-20&due_before=2026-11-20T00:00:00.001Z";
    assert_eq!(server.task_titles(&user, query).await, ["ordinary"]);
}

/// In ascending order.
const ASCENDING: [&str; 12] = [
    "0999-12-31",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01",
    "2026-11-20T00:00:00+14:00",
    "2026-11-20",
    "2026-11-20T09:00:00+09:00", // The same instant as the line before.
    "2026-11-21T01:00:00+02:00",
    "2026-11-20T23:00:00.001Z",
    "2026-11-20T23:00:00.01Z",
    "2026-11-20T23:00:00.1Z",
    "2026-11-20T23:30:00-05:00",
    "9998-01-01",
];

#[tokio::test]
async fn due_dates_are_sorted_as_instants() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    // Creates the tasks in another order.
    for n in 0..ASCENDING.len() {
        let due_date = ASCENDING[n * 5 % ASCENDING.len()];
        let body = json!({"title": due_date, "due_date": due_date});
        server.create_task(&user, &body).await;
        server.advance_seconds(1);
    }
    server.create_task(&user, &json!({"title": "none"})).await;
    let instants = |titles: &[String]| -> Vec<Option<i128>> {
        let due = titles.iter().filter(|title| *title != "none");
        due.map(|title| due_instant(&Value::String(title.clone())))
            .collect()
    };
    for limit in [1, 2, 5, 100] {
        let query = format!("sort=due_date&limit={limit}");
        let titles = server.task_titles(&user, &query).await;
        assert_eq!(titles.len(), ASCENDING.len() + 1);
        assert!(instants(&titles).is_sorted(), "{titles:?}");
        assert_eq!(titles.last().unwrap(), "none");

        let query = format!("sort=-due_date&limit={limit}");
        let mut titles = server.task_titles(&user, &query).await;
        assert_eq!(titles.len(), ASCENDING.len() + 1);
        assert_eq!(titles.pop().unwrap(), "none");
        titles.reverse();
        assert!(instants(&titles).is_sorted(), "{titles:?}");
    }
}

#[tokio::test]
async fn due_dates_compare_with_nanosecond_precision() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let ascending = [
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.000000001Z",
        "2026-11-20T12:00:00.000001Z",
        "2026-11-20T12:00:00.001Z",
    ];
    for n in [2, 0, 3, 1] {
        let body = json!({"title": ascending[n], "due_date": ascending[n]});
        server.create_task(&user, &body).await;
    }
    assert_eq!(server.task_titles(&user, "sort=due_date").await, ascending);
    let query = "sort=due_date&due_after=2026-11-20T12:00:00.000000001Z\
                 &due_before=2026-11-20T12:00:00.001Z";
    assert_eq!(server.task_titles(&user, query).await, ascending[1..3]);
}

#[tokio::test]
async fn due_after_is_inclusive_and_due_before_is_exclusive() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for (title, due_date) in [
        ("before", json!("2026-11-19T23:59:59.999Z")),
        ("start", json!("2026-11-20")),
        ("zoned start", json!("2026-11-20T05:30:00+05:30")),
        ("noon", json!("2026-11-20T12:00:00Z")),
        ("late in the west", json!("2026-11-20T20:00:00-08:00")),
        ("next", json!("2026-11-21T00:00:00Z")),
        ("never", Value::Null),
    ] {
        let body = json!({"title": title, "due_date": due_date});
        server.create_task(&user, &body).await;
        server.advance_seconds(1);
    }
    let day = ["start", "zoned start", "noon"];
    let after = ["start", "zoned start", "noon", "late in the west", "next"];
    for (query, expected) in [
        ("due_after=2026-11-20", after.as_slice()),
        ("due_after=2026-11-20T00:00:00Z", &after),
        ("due_after=2026-11-19T16:00:00-08:00", &after),
        ("due_after=2026-11-20T00:00:00.001Z", &after[2..]),
        ("due_after=2026-11-20&due_before=2026-11-21", &day),
        ("due_before=2026-11-20", &["before"]),
        (
            "due_before=2026-11-20T00:00:00.001Z",
            &["before", "start", "zoned start"],
        ),
        (
            "due_before=2026-11-21",
            &["before", "start", "zoned start", "noon"],
        ),
        ("due_after=2026-11-21", &["late in the west", "next"]),
        ("due_after=2026-11-20&due_before=2026-11-20", &[]),
        ("due_after=2026-11-21&due_before=2026-11-20", &[]),
        ("due_after=2027-01-01", &[]),
    ] {
        for sort in ["created_at", "-created_at", "due_date", "-due_date"] {
            let query = format!("{query}&sort={sort}");
            let mut titles = server.task_titles(&user, &query).await;
            let mut expected = expected.to_vec();
            titles.sort();
            expected.sort_unstable();
            assert_eq!(titles, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn a_changed_due_date_moves_the_task_in_the_sorted_list() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bodies = [
        json!({"title": "a", "due_date": "2026-11-20"}),
        json!({"title": "b", "due_date": "2026-11-21"}),
    ];
    let ids = server.create_tasks(&user, &bodies).await;
    assert_eq!(server.task_titles(&user, "sort=due_date").await, ["a", "b"]);
    let suffix = format!("/{}", ids[0]);
    for (patch, ascending, descending) in [
        (json!({"due_date": null}), ["b", "a"], ["b", "a"]),
        (json!({"due_date": "2026-11-22"}), ["b", "a"], ["a", "b"]),
        (
            json!({"due_date": "2026-11-20T23:00:00Z"}),
            ["a", "b"],
            ["b", "a"],
        ),
    ] {
        let call = server.tasks(&user, "PATCH", &suffix).json(&patch);
        assert_eq!(call.send().await.status, 200);
        let titles = server.task_titles(&user, "sort=due_date").await;
        assert_eq!(titles, ascending, "{patch}");
        let titles = server.task_titles(&user, "sort=-due_date").await;
        assert_eq!(titles, descending, "{patch}");
    }
    // A PUT without a due date clears it too.
    let call = server.tasks(&user, "PUT", &suffix);
    assert_eq!(call.json(&json!({"title": "a"})).send().await.status, 200);
    assert_eq!(server.task_titles(&user, "sort=due_date").await, ["b", "a"]);
    assert_eq!(
        server.task_titles(&user, "due_after=1970-01-01").await,
        ["b"]
    );
}
