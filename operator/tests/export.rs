//! Everything of an account in one file.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};

use crate::harness::Dev;

#[test]
fn the_file_is_whole_private_and_never_overwritten() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    let path = format!("/api/{}/tasks", user.id);
    for title in ["Water the otters", "Count the \u{2066}otters"] {
        let task = json!({ "title": title });
        dev.call("POST", &path, Some(&user.token), Some(&task));
    }
    let folder = tempfile::tempdir().unwrap();
    let export = |arguments: &[&str]| {
        let arguments = [&["export", &user.email], arguments].concat();
        crate::harness::Ran::of(dev.command(&arguments).current_dir(folder.path()))
    };
    let said = export(&["--json"]).json();
    let name = format!("latchkey-{}.json", user.id);
    assert_eq!(said["file"], name);
    let file = folder.path().join(&name);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&file).unwrap();
    let exported: Value = serde_json::from_str(&text).unwrap();
    let fields: Vec<&String> = exported.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["account", "exported_at", "log", "sessions", "tasks"]
    );
    assert_eq!(exported["account"]["id"], user.id);
    assert_eq!(exported["sessions"].as_array().unwrap().len(), 1);
    let log = exported["log"].as_array().unwrap();
    assert_eq!(log.last().unwrap()["action"], "account_export");
    assert_eq!(log.last().unwrap()["operator"], "local:grace");
    // The same tasks as the owner sees, in the same fields.
    let (_, listed) = dev.call("GET", &path, Some(&user.token), None);
    let by_id = |tasks: &Value| {
        let mut tasks = tasks.as_array().unwrap().clone();
        tasks.sort_by_key(|task| task["id"].to_string());
        tasks
    };
    let tasks = listed.get("items").or(listed.get("tasks")).unwrap();
    assert_eq!(by_id(&exported["tasks"]), by_id(tasks));
    let items = 1 + 1 + log.len() + exported["tasks"].as_array().unwrap().len();
    assert_eq!(said["items"], items);
    for secret in ["argon2", &user.token] {
        assert!(!text.contains(secret));
    }

    export(&[]).refused("exists, and no file is overwritten: name another one with --output");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    export(&["--output", "no/such/folder/x.json"]).refused("cannot be written");
    assert!(
        export(&["--output", "other.json"])
            .ok()
            .contains("other.json")
    );
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    // The standard output holds the export alone.
    let piped: Value = serde_json::from_str(&export(&["-o", "-", "--json"]).ok()).unwrap();
    assert_eq!(piped["account"], exported["account"]);
}
