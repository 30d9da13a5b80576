//! The function `tasks`, from request to response, on a store whose conditions always hold.

#![no_main]

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use latchkey_fuzz::{app, call, call_with_query, user_id};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use shared::App;

static APP: LazyLock<Arc<App>> = LazyLock::new(app);

const WRITABLE: [&str; 6] = [
    "title",
    "description",
    "completed",
    "priority",
    "due_date",
    "tags",
];

fuzz_target!(|input: &[u8]| {
    let Some((choice, rest)) = input.split_first() else {
        return;
    };
    match choice % 4 {
        0 => create(rest),
        1 => change("PUT", rest),
        2 => change("PATCH", rest),
        _ => list(rest),
    }
});

fn create(body: &[u8]) {
    let path = format!("/api/{}/tasks", user_id());
    let reply = call(tasks::router(), &APP, "POST", &path, body);
    if reply.status != 201 {
        assert_refused(reply.status, &reply.refused_fields(), body);
        return;
    }
    let asked = object(body);
    assert!(asked.keys().all(|name| WRITABLE.contains(&name.as_str())));
    for (name, value) in &asked {
        let kept = &reply.body[name];
        match (name.as_str(), value) {
            ("completed", Value::Null) => assert_eq!(*kept, false),
            ("priority", Value::Null) => assert_eq!(*kept, "medium"),
            ("tags", Value::Null) => assert_eq!(*kept, Value::Array(vec![])),
            ("tags", Value::Array(given)) => assert_same_tags(given, kept),
            _ => assert_eq!(kept, value),
        }
    }
    let title = asked["title"].as_str().unwrap();
    assert!((1..=200).contains(&title.chars().count()) && !title.contains(char::is_control));
    let due = reply.body["due_date"].as_str().unwrap_or_default();
    assert!(due.is_ascii() && due.len() <= 64);
}

fn assert_same_tags(given: &[Value], kept: &Value) {
    let kept: Vec<&str> = kept
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag.as_str().unwrap())
        .collect();
    assert!(kept.len() <= 20);
    assert_eq!(kept.iter().collect::<HashSet<_>>().len(), kept.len());
    assert!(
        given
            .iter()
            .all(|tag| kept.contains(&tag.as_str().unwrap()))
    );
    assert!(
        kept.iter()
            .all(|tag| (1..=50).contains(&tag.chars().count()))
    );
}

fn change(method: &str, body: &[u8]) {
    let path = format!(
        "/api/{}/tasks/01a1f925-53ec-7d44-b5df-98299034683c",
        user_id()
    );
    let reply = call(tasks::router(), &APP, method, &path, body);
    if reply.status == 200 {
        assert!(
            object(body)
                .keys()
                .all(|name| WRITABLE.contains(&name.as_str()))
        );
    } else {
        assert_refused(reply.status, &reply.refused_fields(), body);
    }
}

fn assert_refused(status: u16, named: &[&str], body: &[u8]) {
    match status {
        400 | 413 => {}
        422 => {
            let fields: Value = serde_json::from_slice(body).unwrap();
            let is_there = |name: &&str| fields.get(name).is_some() || *name == "title";
            assert!(named.iter().all(is_there) || named == ["body"]);
        }
        other => panic!("{other}"),
    }
}

/// Parameters as lines of `name=value`.
fn list(query: &[u8]) {
    let Ok(query) = str::from_utf8(query) else {
        return;
    };
    let mut parameters: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in query.split('\n').filter_map(|line| line.split_once('=')) {
        parameters
            .entry(name.to_owned())
            .or_default()
            .push(value.to_owned());
    }
    let path = format!("/api/{}/tasks", user_id());
    let reply = call_with_query(tasks::router(), &APP, &path, parameters.clone());
    match reply.status {
        200 => {
            assert!(parameters.values().all(|values| values.len() == 1));
            assert!(!parameters.contains_key("cursor"), "nobody can make one up");
        }
        400 => assert!(parameters.contains_key("cursor")),
        422 => assert!(
            reply
                .refused_fields()
                .iter()
                .all(|name| parameters.contains_key(*name))
        ),
        other => panic!("{other}"),
    }
}

fn object(body: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(body).unwrap()
}
