//! The validation of each field. POST, PUT, and PATCH have the same rules.

use serde_json::{Value, json};

use crate::harness::{Reply, Server, User, server_with_task};

/// Writes `fields` with POST, PUT, and PATCH. POST and PUT get a title if there is none.
async fn write(server: &Server, user: &User, task: &str, fields: &Value) -> Vec<Reply> {
    let mut with_title = fields.clone();
    if with_title.get("title").is_none() {
        with_title["title"] = json!("Milk");
    }
    let mut replies = Vec::new();
    for (method, suffix, body) in [
        ("POST", "", &with_title),
        ("PUT", task, &with_title),
        ("PATCH", task, fields),
    ] {
        replies.push(server.tasks(user, method, suffix).json(body).send().await);
    }
    replies
}

fn tags(count: usize, tag: impl Fn(usize) -> String) -> Value {
    json!((0..count).map(tag).collect::<Vec<_>>())
}

#[tokio::test]
async fn valid_values_are_stored_unchanged() {
    let (server, user, task) = server_with_task().await;
    let cases = [
        ("title", json!("x")),
        ("title", json!("x".repeat(200))),
        ("title", json!("🦊".repeat(200))),
        ("title", json!(" x ")),
        ("title", json!("\u{3000}x")),
        ("title", json!("null")),
        ("description", json!("")),
        ("description", json!(" ")),
        ("description", json!("\t\n")),
        ("description", json!("x".repeat(4_000))),
        ("description", json!("🦊".repeat(4_000))),
        ("completed", json!(true)),
        ("completed", json!(false)),
        ("priority", json!("low")),
        ("priority", json!("medium")),
        ("priority", json!("high")),
        ("tags", json!([])),
        ("tags", tags(20, |n| format!("tag {n}"))),
        ("tags", json!(["🦊".repeat(50)])),
        ("tags", tags(20, |n| format!("{n:02}{}", "🦊".repeat(48)))),
    ];
    for (name, value) in cases {
        let replies = write(&server, &user, &task, &json!({name: value})).await;
        for reply in &replies {
            assert!([200, 201].contains(&reply.status), "{name} {}", reply.text);
            assert_eq!(reply.body[name], value, "{name}");
        }
        // The PATCH has overwritten the result of the PUT.
        for reply in [&replies[0], &replies[2]] {
            let read = server.read_task(&user, &reply.task_id()).await;
            assert_eq!(read.text, reply.text, "{name}");
        }
    }
}

#[tokio::test]
async fn invalid_values_are_refused_and_change_nothing() {
    let (server, user, task) = server_with_task().await;
    let mut cases = vec![
        ("title", json!("")),
        ("title", json!(" ")),
        ("title", json!("\u{a0}\u{2003}\u{3000}")),
        ("title", json!("x".repeat(201))),
        ("title", json!("🦊".repeat(201))),
        ("description", json!("x".repeat(4_001))),
        ("description", json!("🦊".repeat(4_001))),
        ("priority", json!("")),
        ("priority", json!("High")),
        ("priority", json!(" high")),
        ("priority", json!("urgent")),
        ("completed", json!("true")),
        ("completed", json!("")),
        ("tags", json!("shop")),
        ("tags", json!("")),
        ("tags", json!([""])),
        ("tags", json!(["a", ""])),
        ("tags", json!([null])),
        ("tags", json!([1])),
        ("tags", json!([["a"]])),
        ("tags", json!([{"name": "a"}])),
        ("tags", tags(21, |n| format!("tag {n}"))),
        ("tags", json!(["x".repeat(51)])),
        ("tags", json!(["🦊".repeat(51)])),
        ("due_date", json!("tomorrow")),
    ];
    for name in ["title", "description", "priority", "due_date"] {
        for value in [json!(1), json!(true), json!(["x"]), json!({"x": "x"})] {
            cases.push((name, value));
        }
    }
    for value in [json!(1), json!(0), json!([true]), json!({"x": true})] {
        cases.push(("completed", value));
    }
    for value in [json!(1), json!(true), json!({"0": "a"})] {
        cases.push(("tags", value));
    }
    for (name, value) in cases {
        for reply in write(&server, &user, &task, &json!({name: value})).await {
            reply.assert_refused_fields(&[name]);
        }
    }
    assert_eq!(server.read_task(&user, &task[1..]).await.body["version"], 1);
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
}

#[tokio::test]
async fn control_characters_are_refused_except_tab_and_newline_in_the_description() {
    let (server, user, task) = server_with_task().await;
    let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    for control in controls {
        let text = format!("a{control}b");
        let is_blank = ['\t', '\n'].contains(&control);
        let fields = json!({"title": text, "description": text, "tags": [text]});
        let invalid: &[&str] = if is_blank {
            &["tags", "title"]
        } else {
            &["description", "tags", "title"]
        };
        for reply in write(&server, &user, &task, &fields).await {
            reply.assert_refused_fields(invalid);
        }
    }
}

#[tokio::test]
async fn every_invalid_field_is_named() {
    let (server, user, task) = server_with_task().await;
    let body = json!({
        "title": "", "description": 1, "completed": "no", "priority": "urgent",
        "due_date": "2026-02-30", "tags": [""], "id": "x", "user_id": user.id,
        "created_at": null, "updated_at": "2026-11-18T10:00:00.123Z", "completed_at": null,
        "version": 1, "colour": "red", "$where": {}, "": 1,
    });
    for (method, suffix) in [("POST", ""), ("PUT", &task), ("PATCH", &task)] {
        let suffix = format!("{suffix}?debug=1&title=x");
        let reply = server
            .tasks(&user, method, &suffix)
            .json(&body)
            .send()
            .await;
        reply.assert_refused(422, "ValidationFailed");
        let fields = reply.body["detail"]["fields"].as_object().unwrap();
        let mut names: Vec<&String> = fields.keys().collect();
        names.sort();
        let expected = [
            "",
            "$where",
            "colour",
            "completed",
            "completed_at",
            "created_at",
            "debug",
            "description",
            "due_date",
            "id",
            "priority",
            "tags",
            "title",
            "updated_at",
            "user_id",
            "version",
        ];
        assert_eq!(names, expected, "{method}");
    }
}

#[tokio::test]
async fn server_fields_cannot_be_set_even_to_their_current_value() {
    let (server, user, task) = server_with_task().await;
    let read = server.read_task(&user, &task[1..]).await;
    for name in [
        "id",
        "user_id",
        "created_at",
        "updated_at",
        "completed_at",
        "version",
    ] {
        for value in [read.body[name].clone(), Value::Null, json!("x"), json!(2)] {
            for reply in write(&server, &user, &task, &json!({name: value})).await {
                reply.assert_refused_fields(&[name]);
            }
        }
    }
    assert_eq!(server.read_task(&user, &task[1..]).await.text, read.text);
}

#[tokio::test]
async fn a_title_is_required_and_cannot_be_cleared() {
    let (server, user, task) = server_with_task().await;
    for (method, suffix) in [("POST", ""), ("PUT", task.as_str())] {
        for body in [json!({}), json!({"title": null}), json!({"tags": ["a"]})] {
            let call = server.tasks(&user, method, suffix).json(&body);
            call.send().await.assert_refused_fields(&["title"]);
        }
    }
    let call = server.tasks(&user, "PATCH", &task);
    let reply = call.json(&json!({"title": null})).send().await;
    reply.assert_refused_fields(&["title"]);
}

#[tokio::test]
async fn unknown_query_parameters_are_refused() {
    let (server, user, task) = server_with_task().await;
    for (method, suffix) in [
        ("POST", ""),
        ("GET", task.as_str()),
        ("PUT", &task),
        ("PATCH", &task),
        ("DELETE", &task),
    ] {
        let call = server.tasks(&user, method, &format!("{suffix}?limit=1&x"));
        let call = if ["GET", "DELETE"].contains(&method) {
            call
        } else {
            call.json(&json!({"title": "Bread"}))
        };
        call.send().await.assert_refused_fields(&["limit", "x"]);
    }
    assert_eq!(server.read_task(&user, &task[1..]).await.body["version"], 1);
}

#[tokio::test]
async fn hostile_bodies_are_refused() {
    let (server, user, task) = server_with_task().await;
    let deeply_nested = format!("{{\"title\":{}", "[".repeat(60_000));
    let members = (0..5_000).map(|n| (format!("k{n}"), json!(n)));
    let many_fields = Value::Object(members.collect()).to_string();
    let combining_marks = json!({"title": "\u{301}".repeat(30_000)}).to_string();
    let many_tags = json!({"title": "x", "tags": tags(8_000, |n| n.to_string())}).to_string();
    for (body, status) in [
        ("{", 400),
        ("", 400),
        ("{} x", 400),
        ("{}{}", 400),
        ("{\"title\":\"a\",\"title\":\"b\"}", 400),
        ("{\"title\":\"a\",\"tags\":[{\"b\":1,\"b\":2}]}", 400),
        ("{\"title\":\"\\ud800\"}", 400),
        ("{\"title\":\"a\nb\"}", 400),
        ("{\"title\":1e999}", 400),
        ("{'title':'a'}", 400),
        ("\u{feff}{\"title\":\"a\"}", 400),
        (&deeply_nested, 400),
        ("null", 422),
        ("[]", 422),
        ("\"title\"", 422),
        ("{\"title\":{\"$ne\":null}}", 422),
        ("{\"title\":{\"S\":\"a\"}}", 422),
        ("{\"title\":\"a\",\"__proto__\":{\"completed\":true}}", 422),
        (
            "{\"title\":\"a\",\"pk\":\"USER#x\",\"sk\":\"ACCOUNT\"}",
            422,
        ),
        ("{\"title\":\"a\",\"TITLE\":\"b\"}", 422),
        ("{\"title\":\"\\u0000\"}", 422),
        (&many_fields, 422),
        (&combining_marks, 422),
        (&many_tags, 422),
    ] {
        for (method, suffix) in [("POST", ""), ("PUT", &task), ("PATCH", &task)] {
            let call = server.tasks(&user, method, suffix);
            let call = call.header("content-type", "application/json");
            let reply = call.bytes(body.as_bytes()).send().await;
            let code = ["MalformedJson", "ValidationFailed"][usize::from(status == 422)];
            let start: String = body.chars().take(40).collect();
            assert_eq!(reply.status, status, "{method} {start}: {}", reply.text);
            reply.assert_refused(status, code);
        }
    }
    for bytes in [b"\xff\xfe{}".as_slice(), b"{\"title\":\"\xff\"}", b"\0"] {
        let call = server.tasks(&user, "POST", "");
        let call = call.header("content-type", "application/json");
        let reply = call.bytes(bytes).send().await;
        reply.assert_refused(400, "MalformedJson");
    }
    let read = server.read_task(&user, &task[1..]).await;
    read.assert_task(200, 1);
    assert_eq!(server.sort_keys(&user.id, "TASK#").await.len(), 1);
}
