//! Search ends a page by the work done. Its cursors leave no task out.

use serde_json::{Value, json};

use crate::harness::{Server, percent_encoded};

/// Of all characters this one folds into the most: 18.
const LIGATURE: &str = "\u{FDFA}";

fn costly_body(title: &str) -> Value {
    json!({"title": title, "description": LIGATURE.repeat(4_000)})
}

#[tokio::test]
async fn a_page_ends_by_the_text_that_was_folded_and_no_task_is_left_out() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut bodies = Vec::new();
    for n in 0..30 {
        let title = if n % 3 == 0 { "sought" } else { "other" };
        bodies.push(costly_body(&format!("{title} {n:02}")));
    }
    server.create_tasks(&user, &bodies).await;

    for sort in ["created_at", "-created_at", "due_date"] {
        let query = format!("sort={sort}&q=SOUGHT");
        let pages = server.task_pages(&user, &query).await;
        // 20 tasks have their descriptions folded: about half of them fit a page.
        assert!((2..=4).contains(&pages.len()), "{sort}: {}", pages.len());
        let mut titles: Vec<&str> = pages
            .iter()
            .flatten()
            .map(|item| item["title"].as_str().unwrap())
            .collect();
        titles.sort_unstable();
        let expected: Vec<String> = (0..30)
            .step_by(3)
            .map(|n| format!("sought {n:02}"))
            .collect();
        assert_eq!(titles, expected, "{sort}");
    }
    // An empty page has a cursor as well.
    let pages = server.task_pages(&user, "q=nowhere").await;
    assert!((3..=6).contains(&pages.len()), "{}", pages.len());
    assert!(pages.iter().all(Vec::is_empty));
    // The expansion of the last character is found, too.
    let query = format!("q={}", percent_encoded(LIGATURE));
    assert_eq!(server.task_titles(&user, &query).await.len(), 30);
}

#[tokio::test]
async fn the_filters_that_cost_nothing_come_before_the_text() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut bodies: Vec<Value> = (0..30).map(|n| costly_body(&format!("{n}"))).collect();
    bodies.push(json!({"title": "sought", "tags": ["x"]}));
    server.create_tasks(&user, &bodies).await;
    let pages = server
        .task_pages(&user, "q=sought&tag=x&sort=created_at")
        .await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn ordinary_tasks_fill_a_page() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bodies: Vec<Value> = (0..100)
        .map(|n| json!({"title": format!("Überweisung {n}"), "description": "für Müller ".repeat(20)}))
        .collect();
    server.create_tasks(&user, &bodies).await;
    let pages = server.task_pages(&user, "q=MÜLLER&limit=100").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100]);
}
