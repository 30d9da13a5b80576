//! The command itself, from outside: what it prints, how it ends, what it leaves behind.
#![cfg(unix)] // Signals end the command.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it is a test"
)]

mod crowd;
mod mail;
mod running;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use aws_sdk_dynamodb::types::AttributeValue;
use local::database;
use rustix::process::Signal;

use running::{Running, command, post};

const FREE_PORTS: [&str; 6] = ["--port", "0", "--database-port", "0", "--mail-port", "0"];

fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

fn assert_refused(output: &Output, code: i32, sentence: &str) {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(sentence), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap(), "");
}

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(data.path(), &FREE_PORTS);
    let gateway = running.address_of("Latchkey");
    assert!(gateway.ip().is_loopback());
    assert!(running.address_of("DynamoDB").ip().is_loopback());
    assert!(
        running
            .greeting
            .contains(&format!("curl -i http://{gateway}/api/auth/signup"))
    );

    let answer = post(gateway, "/api/auth/signup", "{}");
    assert!(answer.contains("\r\napigw-requestid: "), "{answer}");
    assert!(
        answer.contains("\r\ncontent-type: application/json"),
        "{answer}"
    );
    // The default route of the template: a function has the last word on every path.
    let answer = post(gateway, "/no/such/path", "{}");
    assert!(answer.contains("\r\napigw-requestid: "), "{answer}");
}

#[tokio::test]
async fn signals_end_it_cleanly_and_the_data_is_there_again() {
    let data = tempfile::tempdir().unwrap();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    for (run, signal) in [Signal::INT, Signal::TERM, Signal::KILL]
        .into_iter()
        .enumerate()
    {
        let running = Running::start(data.path(), &FREE_PORTS);
        let client = database::client(running.address_of("DynamoDB"));
        let found = client
            .scan()
            .table_name("latchkey")
            .consistent_read(true)
            .send()
            .await;
        assert_eq!(found.unwrap().count, i32::try_from(run).unwrap());
        let put = client.put_item().table_name("latchkey");
        put.item("pk", text(&run.to_string()))
            .item("sk", text("X"))
            .send()
            .await
            .unwrap();

        let (status, stderr) = running.end_with(signal);
        assert_eq!(stderr, "");
        if signal != Signal::KILL {
            assert_eq!(status.code(), Some(0));
        }
    }
    let running = Running::start(data.path(), &FREE_PORTS);
    let client = database::client(running.address_of("DynamoDB"));
    assert_eq!(
        client
            .scan()
            .table_name("latchkey")
            .send()
            .await
            .unwrap()
            .count,
        3
    );
}

#[test]
fn a_second_run_on_the_same_data_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let _first = Running::start(data.path(), &FREE_PORTS);
    let second = output(command(data.path(), &FREE_PORTS));
    assert_refused(&second, 1, "another `cargo dev` is using the data in ");
    // In memory there is nothing to share.
    Running::start(data.path(), &[&FREE_PORTS[..], &["--memory"]].concat());
}

#[test]
fn a_port_in_use_is_refused_and_names_the_option() {
    let data = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (option, other) in [("--port", "--database-port"), ("--database-port", "--port")] {
        let refused = output(command(data.path(), &[option, &port, other, "0"]));
        let sentence = format!("port {port} is in use: choose another with {option} ");
        assert_refused(&refused, 1, &sentence);
    }
    let arguments = ["database", "--database-port", "0", "--mail-port", &port];
    let refused = output(command(data.path(), &arguments));
    let sentence = format!("port {port} is in use: choose another with --mail-port ");
    assert_refused(&refused, 1, &sentence);
}

#[test]
fn a_bad_setting_is_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    for arguments in [&FREE_PORTS[..], &["--memory"], &["database"]] {
        let mut command = command(data.path(), arguments);
        command.env("SESSION_TTL_SECONDS", "abc");
        assert_refused(&output(command), 1, "SESSION_TTL_SECONDS");
    }
    for name in ["MAIL_FROM", "APP_URL", "REQUIRE_VERIFIED_EMAIL"] {
        let mut command = command(data.path(), &FREE_PORTS);
        command.env(name, "nonsense");
        assert_refused(&output(command), 1, name);
    }
    let mut command = command(data.path(), &FREE_PORTS);
    command.env("BETTER_AUTH_SECRET", "short");
    assert_refused(&output(command), 1, "BETTER_AUTH_SECRET");
}

#[test]
fn an_argument_it_does_not_know_is_refused_with_code_2() {
    let data = tempfile::tempdir().unwrap();
    assert_refused(
        &output(command(data.path(), &["--prot", "1"])),
        2,
        "invalid option '--prot'",
    );
    assert_refused(
        &output(command(data.path(), &["--port", "x"])),
        2,
        "not \"x\"",
    );
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn help_is_printed_and_starts_nothing() {
    let data = tempfile::tempdir().unwrap();
    let help = output(command(data.path(), &["--help"]));
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("--database-port N")
    );
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn a_made_up_secret_is_kept_for_its_owner_and_never_printed() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("secret");
    let mut kept = Vec::new();
    for alone in [false, true] {
        let more: &[&str] = if alone { &["database"] } else { &[] };
        let running = Running::start(data.path(), &[&FREE_PORTS[..], more].concat());
        let secret = fs::read_to_string(&file).unwrap().trim().to_owned();
        assert_eq!(secret.len(), 64);
        assert!(!running.greeting.contains(&secret));
        let (status, stderr) = running.end_with(Signal::INT);
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
        kept.push(secret);
    }
    assert_eq!(kept[0], kept[1]);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn nothing_is_kept_of_a_run_in_memory_or_with_a_secret_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    Running::start(data.path(), &[&FREE_PORTS[..], &["--memory"]].concat()).end_with(Signal::INT);
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);

    let mut command = command(data.path(), &FREE_PORTS);
    command.env(
        "BETTER_AUTH_SECRET",
        "an-own-secret-of-forty-characters-length",
    );
    Running::from_command(command).end_with(Signal::INT);
    assert!(!data.path().join("secret").exists());
}

#[tokio::test]
async fn the_database_alone_says_what_its_clients_must_know() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(
        data.path(),
        &["database", "--database-port", "0", "--mail-port", "0"],
    );
    let address = running.address_of("DynamoDB");
    assert!(!running.greeting.contains("Latchkey listens"));
    let secret = format!(
        "BETTER_AUTH_SECRET=\"$(cat '{}/secret')\"",
        data.path().display()
    );
    for line in [
        format!("AWS_ENDPOINT_URL_DYNAMODB=http://{address}"),
        "AWS_REGION=us-east-1".to_owned(),
        "AWS_ACCESS_KEY_ID=local".to_owned(),
        "AWS_SECRET_ACCESS_KEY=local".to_owned(),
        "TABLE_NAME=latchkey".to_owned(),
        format!(
            "AWS_ENDPOINT_URL_SESV2=http://{}",
            running.address_of("Mailbox")
        ),
        "MAIL_FROM=no-reply@latchkey.example".to_owned(),
        "APP_URL=http://127.0.0.1:9000".to_owned(),
        secret,
    ] {
        let line = format!("  export {line}\n");
        assert!(
            running.greeting.contains(&line),
            "{line} is not in {}",
            running.greeting
        );
    }
    let tables = database::client(address)
        .list_tables()
        .send()
        .await
        .unwrap();
    assert_eq!(tables.table_names(), ["latchkey"]);
    assert_eq!(running.end_with(Signal::TERM).0.code(), Some(0));
}
