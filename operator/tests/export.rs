//! Everything of an account in one file.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::harness::{Dev, Ran, User, Watched};

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
        Ran::of(dev.command(&arguments).current_dir(folder.path()))
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

/// More than a page holds.
const ENTRIES: usize = 7_500;

pub fn fill_log(dev: &Dev, user: &User) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let client = local::database::client(dev.database);
        let numbers: Vec<usize> = (0..ENTRIES).collect();
        // Recent enough to be shown.
        let now = uuid::Uuid::now_v7().to_string();
        let text = |text: String| AttributeValue::S(text);
        for batch in numbers.chunks(25) {
            let put = |number: &usize| {
                let id = format!("{}-7000-8000-{number:012}", &now[..13]);
                let put = PutRequest::builder()
                    .item("pk", text(format!("USER#{}", user.id)))
                    .item("sk", text(format!("LOG#{id}")))
                    .item("id", text(id))
                    .item("action", text("refresh".to_owned()))
                    .item("success", AttributeValue::Bool(true))
                    .item("timestamp", text("2026-01-01T00:00:00.000Z".to_owned()))
                    .item("request_id", text("r".to_owned()))
                    .item("expires_at", AttributeValue::N("4000000000".to_owned()));
                WriteRequest::builder()
                    .put_request(put.build().unwrap())
                    .build()
            };
            let writes = batch.iter().map(put).collect();
            let writes = HashMap::from([("latchkey".to_owned(), writes)]);
            let written = client.batch_write_item().set_request_items(Some(writes));
            written.send().await.unwrap();
        }
    });
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn many_pages_make_one_file_and_signals_leave_none() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    fill_log(dev, &user);
    let folder = tempfile::tempdir().unwrap();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut export = dev.command(&["export", &user.email]);
        let mut child = export.current_dir(folder.path()).spawn().unwrap();
        while files(folder.path()).is_empty() {
            assert_eq!(child.try_wait().unwrap(), None);
        }
        let names = files(folder.path());
        assert!(names[0].starts_with(".latchkey-export-"), "{names:?}");
        kill_process(Pid::from_child(&child), signal).unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran:?}");
        let told = [
            "interrupted: no file was written\n",
            "Nothing was written.\n",
        ];
        assert!(told.contains(&ran.stderr.as_str()), "{ran:?}");
        assert_eq!(files(folder.path()), [""; 0]);
    }

    let ran = Ran::of(
        dev.command(&["export", &user.email])
            .current_dir(folder.path()),
    );
    ran.ok();
    let file = folder.path().join(format!("latchkey-{}.json", user.id));
    let exported: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let log = exported["log"].as_array().unwrap();
    let refreshes = log.iter().filter(|entry| entry["action"] == "refresh");
    let ids: Vec<&str> = refreshes
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    let each_once: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!((ids.len(), each_once.len()), (ENTRIES, ENTRIES));
}

const DELETED: &str = "the deletion of the account has begun meanwhile";

/// Its deletion begins before the request of that number.
fn export_while_it_is_deleted(
    user: &Arc<User>,
    dev: &Arc<Dev>,
    request: (&'static str, usize),
    arguments: &[&str],
) -> (Ran, Vec<String>) {
    let (leaving, product) = (Arc::clone(user), Arc::clone(dev));
    let proxy = Watched::start_with(dev.database, move |action, number| {
        if (action, number) == request {
            product.mark_leaving(&leaving);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&["export", &user.email], arguments].concat();
    let mut export = dev.command_through(proxy.address, &arguments);
    let ran = Ran::of(export.current_dir(folder.path()));
    (ran, files(folder.path()))
}

#[test]
fn an_export_that_a_deletion_overtakes_is_refused() {
    // Without a stream: nothing else touches the items.
    let dev = Arc::new(Dev::start(false));
    for request in [("Query", 1), ("Query", 2)] {
        let user = Arc::new(dev.sign_up());
        fill_log(&dev, &user);
        let (ran, files) = export_while_it_is_deleted(&user, &dev, request, &[]);
        ran.refused(DELETED);
        assert_eq!(files, [""; 0]);
    }
    let user = Arc::new(dev.sign_up());
    fill_log(&dev, &user);
    let (ran, _) = export_while_it_is_deleted(&user, &dev, ("Query", 2), &["--output", "-"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(DELETED), "{}", ran.stderr);
    assert!(!ran.stdout.ends_with("]}\n"));
}

#[test]
fn nothing_is_handed_out_without_an_entry() {
    let dev = Arc::new(Dev::start(false));
    let user = Arc::new(dev.sign_up());
    // A first page would be on standard output before the last look at the account.
    fill_log(&dev, &user);
    let request = ("TransactWriteItems", 1);
    let (ran, files) = export_while_it_is_deleted(&user, &dev, request, &["--output", "-"]);
    ran.refused(DELETED);
    assert_eq!(files, [""; 0]);
    let shown = dev.run(&["show", &user.id]).ok();
    assert!(shown.contains("being_deleted"), "{shown}");
    assert!(!shown.contains("account_export"), "{shown}");
}
