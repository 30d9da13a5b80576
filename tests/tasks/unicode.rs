//! Every call returns text byte for byte as it was sent.

use serde_json::json;

use crate::harness::{Server, percent_encoded};

#[tokio::test]
async fn every_call_returns_text_unchanged() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for text in [
        "é",
        "e\u{301}",
        "\u{212b} \u{c5} A\u{30a}",
        "ﬁ ① ㎏ Ⅷ",
        "Straße STRASSE ſ ı İ",
        "山田 太郎",
        "مرحبا שלום",
        "नमस्ते ไทย",
        "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤\u{fe0f}",
        "a\u{200b}b\u{200d}c\u{ad}d\u{feff}",
        "\u{202e}abc\u{202c} \u{2066}x\u{2069}",
        "a\u{2028}b\u{2029}c",
        "\u{e000}\u{f8ff}\u{10fffd}",
        "\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}\u{fffd}",
        "Z\u{351}\u{36b}\u{343}\u{36a}a\u{302}\u{320}",
        "\"\\/ \\n \\u0000 \u{5c}\u{5c}",
        "<script>alert(1)</script> & &amp;",
        "'; DROP TABLE tasks; -- {{x}} ${x} %s %00 #pk :v",
        " \u{a0}\u{3000}x\u{3000}\u{a0} ",
        "true",
        "2026-11-18T10:00:00.123Z",
    ] {
        let body = json!({"title": text, "description": text, "tags": [text]});
        let created = server.create_task(&user, &body).await;
        let suffix = format!("/{}", created.task_id());
        let put = server.tasks(&user, "PUT", &suffix).json(&body).send().await;
        let patched = server.tasks(&user, "PATCH", &suffix).json(&body);
        let patched = patched.send().await;
        let read = server.read_task(&user, &created.task_id()).await;
        for reply in [created, put, patched, read] {
            assert!([200, 201].contains(&reply.status), "{}", reply.text);
            assert_eq!(reply.body["title"], text);
            assert_eq!(reply.body["description"], text);
            assert_eq!(reply.body["tags"], json!([text]));
        }
        for query in ["tag", "q"] {
            let query = format!("{query}={}", percent_encoded(text));
            let list = server.list_tasks(&user, &query).await;
            assert_eq!(list.body["items"][0]["title"], text);
        }
        // A search also finds other forms of the same letters, so the next task must be the newest.
        server.advance_seconds(1);
    }
}

/// All characters except control characters, in descriptions of 4,000.
#[tokio::test(flavor = "multi_thread")]
async fn every_character_is_returned_unchanged() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let all: Vec<char> = ('\0'..=char::MAX).filter(|c| !c.is_control()).collect();
    let texts: Vec<String> = all
        .chunks(4_000)
        .map(|part| part.iter().collect())
        .collect();
    let bodies: Vec<_> = texts
        .iter()
        .map(|text| json!({"title": "x", "description": text}))
        .collect();
    let ids = server.create_tasks(&user, &bodies).await;
    for (ids, texts) in ids.chunks(20).zip(texts.chunks(20)) {
        let reads = ids.iter().map(|id| server.read_task(&user, id));
        let replies = futures_util::future::join_all(reads).await;
        for (reply, text) in replies.iter().zip(texts) {
            reply.assert_task(200, 1);
            let first = text.chars().next().unwrap();
            assert!(reply.body["description"] == **text, "from {first:?}");
        }
    }
}
