//! A deletion of thousands of items that is interrupted, and goes on.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, Select, WriteRequest};
use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use serde_json::json;

use crate::harness::{Dev, User};

const TABLE: &str = "latchkey";
/// More than are deleted before Ctrl-C is heard, however busy the machine is.
const MANY: usize = 15_000;
const SOME: usize = 6_000;

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}

/// Log entries, as many as a busy user has.
fn fill(dev: &Dev, user: &User, items: usize) {
    run(async {
        let client = local::database::client(dev.database);
        let numbers: Vec<usize> = (0..items).collect();
        for batch in numbers.chunks(25) {
            let text = |text: String| AttributeValue::S(text);
            let put = |number: &usize| {
                let put = PutRequest::builder()
                    .item("pk", text(format!("USER#{}", user.id)))
                    .item(
                        "sk",
                        text(format!("LOG#00000000-0000-7000-8000-{number:012}")),
                    );
                WriteRequest::builder()
                    .put_request(put.build().unwrap())
                    .build()
            };
            let writes = HashMap::from([(TABLE.to_owned(), batch.iter().map(put).collect())]);
            let written = client.batch_write_item().set_request_items(Some(writes));
            written.send().await.unwrap();
        }
    });
}

fn items_left(dev: &Dev, user: &User) -> i32 {
    run(async {
        let client = local::database::client(dev.database);
        let mut count = 0;
        let mut from = None;
        loop {
            let page = client
                .query()
                .table_name(TABLE)
                .key_condition_expression("pk = :user")
                .expression_attribute_values(
                    ":user",
                    AttributeValue::S(format!("USER#{}", user.id)),
                )
                .select(Select::Count)
                .set_exclusive_start_key(from)
                .send()
                .await
                .unwrap();
            count += page.count;
            from = page.last_evaluated_key;
            if from.is_none() {
                return count;
            }
        }
    })
}

#[test]
fn ctrl_c_leaves_the_account_locked_and_the_same_command_goes_on() {
    // Without a stream: nobody else goes on with it.
    let dev = Dev::start(false);
    let user = dev.sign_up();
    fill(&dev, &user, MANY);

    let mut child = dev
        .command(&["delete", "--yes", &user.email])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let begun = lines.next().unwrap().unwrap();
    let total: usize = begun
        .strip_prefix("deleting ")
        .and_then(|rest| rest.strip_suffix(" items"))
        .unwrap()
        .parse()
        .unwrap();
    assert!(total > MANY, "{begun}");
    assert_eq!(
        lines.next().unwrap().unwrap(),
        format!("deleted 1000 of {total} items")
    );
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let said: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(
        said.last().unwrap().starts_with("interrupted: "),
        "{said:?}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let left = items_left(&dev, &user);
    assert!(
        left > 1 && left < i32::try_from(MANY).unwrap(),
        "{left} items are left"
    );
    let found = dev.run(&["find", &user.email, "--json"]).json();
    assert_eq!(found["accounts"][0]["state"], "being_deleted");
    let (status, refused) = dev.log_in(&user.email, crate::harness::PASSWORD);
    assert_eq!(
        (status, &refused["error_code"]),
        (401, &json!("InvalidCredentials"))
    );
    // Nothing else can be done with it.
    for command in [
        &["suspend", "--yes"][..],
        &["reinstate"],
        &["end-sessions", "--yes"],
        &["unlock"],
        &["verify-email"],
        &["send-reset"],
        &["export"],
    ] {
        dev.run(&[command, &[&user.email]].concat())
            .refused("is being deleted, and nothing else can be done with it");
    }
    let shown = dev.run(&["show", &user.email]).ok();
    assert!(shown.contains("being_deleted"), "{shown}");

    // The decision was made: it is not asked for again.
    let again = dev.run(&["delete", &user.email]);
    assert!(again.stderr.starts_with("deleting "), "{again:?}");
    assert!(again.ok().contains("is deleted with everything of it"));
    assert_eq!(items_left(&dev, &user), 0);
    dev.sign_up_as(&user.email, None);
}

#[test]
fn a_deletion_ends_well_beside_the_sweeper() {
    let dev = Dev::shared();
    let user = dev.sign_up();
    fill(dev, &user, SOME);
    let deleted = dev.run(&["delete", "--yes", &user.email]).ok();
    assert!(deleted.contains("is deleted with everything of it"));
    assert_eq!(items_left(dev, &user), 0);
    // One notice, whoever finished it.
    dev.mails(&user.email, "account-deleted", 1);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(dev.mails(&user.email, "account-deleted", 1).len(), 1);
}

#[test]
fn on_a_terminal_a_bar_shows_the_progress_and_goes_at_the_end() {
    let dev = Dev::start(false);
    let user = dev.sign_up();
    fill(&dev, &user, SOME);
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let stderr = File::options()
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let mut command = dev.command(&["delete", "--yes", &user.email]);
    let mut child = command
        .env("TERM", "xterm")
        .stderr(Stdio::from(stderr))
        .spawn()
        .unwrap();
    // Only the child has that end of it now.
    drop(command);
    let mut shown = Vec::new();
    let mut terminal = File::from(terminal);
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = terminal.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..read]);
    }
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("deleted "), "{shown:?}");
    assert!(shown.contains(" of 600"), "{shown:?}");
    assert!(shown.ends_with("\u{1b}[2K"), "{shown:?}");
    assert_eq!(items_left(&dev, &user), 0);
}
