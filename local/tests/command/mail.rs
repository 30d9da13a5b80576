//! Mails, from the call that owes one to the mailbox.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use local::database;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::FREE_PORTS;
use super::running::{Running, command, exchange, get, post};

const SIGN_UP: &str = r#"{"email": "Ada@bücher.example", "password": "seven quiet otters"}"#;

fn sign_up(gateway: SocketAddr) {
    let answer = post(gateway, "/api/auth/signup", SIGN_UP);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

fn mails(address: SocketAddr, query: &str) -> Vec<Value> {
    let answer = get(address, &format!("/__mail.json{query}"));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    serde_json::from_str(body).unwrap()
}

/// Waits for the first mails, and returns how long that took.
#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn until_mailed(address: SocketAddr, query: &str) -> (Vec<Value>, Duration) {
    let began = Instant::now();
    loop {
        let found = mails(address, query);
        if !found.is_empty() {
            return (found, began.elapsed());
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no mail came");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_sign_up_sends_a_mail_that_the_mailbox_shows_and_a_line_tells_of() {
    let data = tempfile::tempdir().unwrap();
    for more in [&[][..], &["--memory"]] {
        let running = Running::start(data.path(), &[&FREE_PORTS[..], more].concat());
        let gateway = running.address_of("Latchkey");
        let page = format!("http://{gateway}/__mail");
        assert!(running.greeting.contains(&page), "{}", running.greeting);
        sign_up(gateway);
        // In any spelling of the address.
        let (found, time) = until_mailed(gateway, "?to=ada@xn--bcher-kva.example");
        assert!(time < Duration::from_secs(1), "the mail took {time:?}");
        assert_eq!(mails(gateway, "?to=ADA@b%C3%BCcher.example"), found);
        assert_eq!(mails(gateway, ""), found);
        assert!(mails(gateway, "?to=eve@example.com").is_empty());

        let [mail] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(mail["kind"], "verify-email");
        let (link, token) = (
            mail["link"].as_str().unwrap(),
            mail["token"].as_str().unwrap(),
        );
        assert_eq!(link, format!("http://{gateway}/verify-email?token={token}"));
        let to = mail["to"].as_str().unwrap();
        assert_eq!(
            running.line_with("Mail "),
            format!("Mail verify-email to {to}: {link}")
        );

        let page = get(gateway, "/__mail");
        assert!(page.contains("\r\ncontent-security-policy: default-src 'none'"));
        assert!(page.contains(mail["subject"].as_str().unwrap()));
        assert!(page.contains(token));
        let (status, stderr) = running.end_with(Signal::INT);
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn the_mailbox_has_the_mails_of_every_call_before() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(data.path(), &[&FREE_PORTS[..], &["--memory"]].concat());
    let gateway = running.address_of("Latchkey");
    let kinds = |to: &str| -> Vec<Value> {
        let mails = mails(gateway, &format!("?to={to}"));
        mails.iter().map(|mail| mail["kind"].clone()).collect()
    };
    for number in 0..10 {
        let to = format!("user{number}@example.com");
        let password = "seven quiet otters";
        let body = json!({"email": to, "password": password}).to_string();
        let answer = post(gateway, "/api/auth/signup", &body);
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
        assert_eq!(kinds(&to), ["verify-email"]);

        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        let token = body["session"]["token"].as_str().unwrap();
        let body = json!({"password": password}).to_string();
        let answer = exchange(
            gateway,
            &format!(
                "DELETE /api/auth/me HTTP/1.1\r\nhost: {gateway}\r\nconnection: close\r\n\
                 authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(kinds(&to), ["verify-email", "account-deleted"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_owed_before_a_restart_is_sent_after_it_and_once() {
    let data = tempfile::tempdir().unwrap();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    // The items of a sign-up, in a database that no mailer is connected to.
    let other = tempfile::tempdir().unwrap();
    let running = Running::start(other.path(), &FREE_PORTS);
    sign_up(running.address_of("Latchkey"));
    until_mailed(running.address_of("Latchkey"), "");
    let source = database::client(running.address_of("DynamoDB"));
    let found = source.scan().table_name("latchkey").send().await.unwrap();
    running.end_with(Signal::INT);

    let arguments = [&["database"], &FREE_PORTS[..]].concat();
    let running = Running::start(data.path(), &arguments);
    let target = database::client(running.address_of("DynamoDB"));
    for mut item in found.items().iter().cloned() {
        item.remove("sent_at");
        item.remove("message_id");
        let put = target.put_item().table_name("latchkey");
        put.set_item(Some(item)).send().await.unwrap();
    }
    let kept = target.scan().table_name("latchkey").send().await.unwrap();
    assert_eq!(kept.count, found.count);
    assert!(mails(running.address_of("Mailbox"), "").is_empty());
    running.end_with(Signal::KILL);

    let running = Running::start(data.path(), &FREE_PORTS);
    let (found, _) = until_mailed(running.address_of("Latchkey"), "");
    assert_eq!(found.len(), 1);
    let client = database::client(running.address_of("DynamoDB"));
    let is_marked = async || {
        let items = client.scan().table_name("latchkey").send().await.unwrap();
        let mut items = items.items().iter();
        items.any(|item| item["sk"] != text("ACCOUNT") && item.contains_key("sent_at"))
    };
    while !is_marked().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.end_with(Signal::TERM);

    let running = Running::start(data.path(), &FREE_PORTS);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(mails(running.address_of("Latchkey"), "").is_empty());
}

#[test]
fn settings_of_mail_win_over_the_local_ones() {
    let data = tempfile::tempdir().unwrap();
    let mut command = command(data.path(), &FREE_PORTS);
    command
        .env("APP_URL", "https://app.example.com")
        .env("REQUIRE_VERIFIED_EMAIL", "true");
    let running = Running::from_command(command);
    let gateway = running.address_of("Latchkey");
    post(gateway, "/api/auth/signup", SIGN_UP);
    let (found, _) = until_mailed(gateway, "");
    let link = found[0]["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://app.example.com/verify-email?token="),
        "{link}"
    );
}
