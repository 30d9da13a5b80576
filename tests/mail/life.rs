//! Each mail is sent once, if it is still wanted.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join;
use serde_json::{Value, json};
use uuid::Uuid;

use super::log_line;
use crate::harness::{ConnectionFault, FakeSes, Item, PASSWORD, Server, User, granted};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn server_with_user(ses: &FakeSes, email: &str) -> (Server, User) {
    let server = Server::with_mailer(ses).await;
    let user = server.sign_up(email).await;
    (server, user)
}

/// Sends everything that is owed, and returns the kinds of what SES got.
async fn kinds_sent(server: &Server, ses: &FakeSes) -> Vec<String> {
    assert_eq!(server.send_all_mails().await, None);
    kinds(&ses.take_requests())
}

fn kinds(requests: &[Value]) -> Vec<String> {
    let kind = |request: &Value| {
        request["EmailTags"][0]["Value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    requests.iter().map(kind).collect()
}

async fn only_mail(server: &Server) -> Item {
    let mut mails = server.mail_items().await;
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

fn mail_id(mail: &Item) -> &str {
    mail["id"].as_s().unwrap()
}

async fn put_changed(server: &Server, mut mail: Item, name: &str, value: AttributeValue) {
    mail.insert(name.to_owned(), value);
    server.put(mail).await;
}

#[tokio::test]
async fn a_mail_is_sent_once_and_marked() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "once@example.com").await;
    let mut expected = only_mail(&server).await;
    server.traffic.reset();
    assert_eq!(kinds_sent(&server, &ses).await, ["verify-email"]);
    assert_eq!(server.traffic.operations(), ["BatchGetItem", "UpdateItem"]);

    let mail = only_mail(&server).await;
    expected.insert("sent_at".to_owned(), text("2026-11-18T10:00:00.123Z"));
    expected.insert("message_id".to_owned(), text("message-1"));
    assert_eq!(mail, expected);
    let id = mail_id(&mail);
    let line = |more: Value| {
        let mut line = json!({
            "level": "INFO", "message": "mail", "user_id": user.id, "mail_id": id,
            "kind": "verify-email",
        });
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        line
    };
    assert_eq!(log_line(id), line(json!({"outcome": "sent"})));

    assert!(kinds_sent(&server, &ses).await.is_empty());
    let skipped = json!({"outcome": "skipped", "reason": "sent already"});
    assert_eq!(log_line(id), line(skipped));
    assert_eq!(only_mail(&server).await, expected);
}

#[tokio::test]
async fn a_mail_that_nobody_wants_any_more_is_skipped() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "unwanted@example.com").await;
    let mail = only_mail(&server).await;
    let skipped = async |reason: &str| {
        assert!(kinds_sent(&server, &ses).await.is_empty(), "{reason}");
        let line = log_line(mail_id(&mail));
        assert_eq!(
            (&line["outcome"], &line["reason"]),
            (&json!("skipped"), &json!(reason))
        );
    };
    let expiry = mail["expires_at"].clone();
    let now = AttributeValue::N(server.now_seconds().to_string());
    put_changed(&server, mail.clone(), "expires_at", now).await;
    skipped("expired").await;
    put_changed(&server, mail.clone(), "expires_at", expiry).await;

    put_changed(&server, mail.clone(), "refused", text("message-rejected")).await;
    skipped("refused already").await;
    server.put(mail.clone()).await;

    let set = async |name, value| {
        let value = AttributeValue::Bool(value);
        server.set_account_attribute(&user.id, name, value).await;
    };
    set("is_active", false).await;
    skipped("account suspended").await;
    set("is_leaving", true).await;
    skipped("account being deleted").await;
    set("is_leaving", false).await;
    set("is_active", true).await;
    assert_eq!(kinds_sent(&server, &ses).await, ["verify-email"]);
}

#[tokio::test]
async fn a_mail_whose_account_was_deleted_is_gone() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "deleted@example.com").await;
    let keys = server.mail_keys().await;
    let delete = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let reply = delete.json(&json!({"password": PASSWORD})).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(server.send_mails(&keys).await, None);
    let sent = kinds(&ses.take_requests());
    assert!(!sent.contains(&"verify-email".to_owned()), "{sent:?}");
    let id = keys[0].1.strip_prefix("MAIL#").unwrap();
    let expected = json!({
        "level": "INFO", "message": "mail", "user_id": user.id, "mail_id": id,
        "outcome": "skipped", "reason": "gone",
    });
    assert_eq!(log_line(id), expected);
}

#[tokio::test]
async fn a_mail_to_nobody_is_not_sent() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "somebody@example.com").await;
    let mut mail = only_mail(&server).await;
    // As a call leaves it that asks for the password of an account that nobody has.
    let nobody = Uuid::new_v4().to_string();
    mail.insert("pk".to_owned(), text(&format!("USER#{nobody}")));
    mail.insert("user_id".to_owned(), text(&nobody));
    mail.insert("kind".to_owned(), text("reset-password"));
    let key = (format!("USER#{nobody}"), mail["sk"].as_s().unwrap().clone());
    server.put(mail.clone()).await;
    assert_eq!(server.send_mails(&[key]).await, None);
    assert!(ses.take_requests().is_empty());
    let line = log_line(mail_id(&mail));
    assert_eq!(line["reason"], "no account");
    assert_ne!(line["user_id"], json!(user.id));
}

#[tokio::test]
async fn only_the_last_link_of_a_kind_is_sent_and_only_while_it_is_good() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "links@example.com").await;
    let first = only_mail(&server).await;
    // A later link: its mail, and its place in the ticket.
    let second = Uuid::max().to_string();
    let mut later = first.clone();
    later.insert("sk".to_owned(), text(&format!("MAIL#{second}")));
    later.insert("id".to_owned(), text(&second));
    server.put(later).await;
    let items = server.items().await;
    let is_ticket = |item: &&Item| item["sk"] == text("LINK#verify-email");
    let mut ticket = items.iter().find(is_ticket).unwrap().clone();
    ticket.insert("mail_id".to_owned(), text(&second));
    server.put(ticket).await;

    assert_eq!(server.send_all_mails().await, None);
    let requests = ses.take_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["EmailTags"][2]["Value"], json!(second));
    assert_eq!(log_line(mail_id(&first))["reason"], "link void");

    let generation = AttributeValue::N("7".to_owned());
    server
        .set_account_attribute(&user.id, "session_generation", generation)
        .await;
    assert!(kinds_sent(&server, &ses).await.is_empty());
}

#[tokio::test]
async fn a_mailer_that_dies_before_it_marks_sends_once_more_and_no_oftener() {
    let ses = FakeSes::start().await;
    let (server, _) = server_with_user(&ses, "twice@example.com").await;
    server.traffic.inject(ConnectionFault::LostFrom(1));
    assert_eq!(server.send_all_mails().await, Some(1));
    server.traffic.reset();
    assert_eq!(ses.take_requests().len(), 1);
    let id = mail_id(&only_mail(&server).await).to_owned();
    let line = log_line(&id);
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "mail_failed");
    assert_eq!(line["cause"], "sent, but not marked: the store failed");

    assert_eq!(kinds_sent(&server, &ses).await, ["verify-email"]);
    assert!(kinds_sent(&server, &ses).await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_of_the_store_sends_nothing_twice() {
    let ses = FakeSes::start().await;
    for fault in [
        ConnectionFault::ResponseLost(0),
        ConnectionFault::ResponseLost(1),
    ] {
        let (server, _) = server_with_user(&ses, "lost-answer@example.com").await;
        server.traffic.inject(fault);
        assert_eq!(kinds_sent(&server, &ses).await, ["verify-email"]);
        assert!(kinds_sent(&server, &ses).await.is_empty());
    }
}

#[tokio::test]
async fn a_farewell_needs_no_account_and_is_removed() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "farewell@example.com").await;
    let mut farewell = only_mail(&server).await;
    farewell.insert("pk".to_owned(), text(&format!("DELETED#{}", user.id)));
    let key = [(
        format!("DELETED#{}", user.id),
        farewell["sk"].as_s().unwrap().clone(),
    )];
    // Nothing else may be mailed from there.
    server.put(farewell.clone()).await;
    assert_eq!(server.send_mails(&key).await, None);
    assert!(ses.take_requests().is_empty());

    farewell.insert("kind".to_owned(), text("account-deleted"));
    server.put(farewell.clone()).await;
    server.traffic.reset();
    assert_eq!(server.send_mails(&key).await, None);
    assert_eq!(kinds(&ses.take_requests()), ["account-deleted"]);
    assert_eq!(server.traffic.operations(), ["BatchGetItem", "DeleteItem"]);
    let keys = server.all_keys().await;
    assert!(
        !keys.iter().any(|key| key.starts_with("DELETED#")),
        "{keys:?}"
    );
    assert_eq!(server.send_mails(&key).await, None);
    assert!(ses.take_requests().is_empty());
}

#[tokio::test]
async fn a_mail_that_is_deleted_while_it_is_sent_stays_deleted() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "meanwhile@example.com").await;
    let keys = server.mail_keys().await;
    // The mark.
    server.traffic.inject(ConnectionFault::Held(1));
    let delete = async {
        let delete = server.call("DELETE", "/api/auth/me").bearer(&user.token);
        let reply = delete.json(&json!({"password": PASSWORD})).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    let sending = server.send_mails(&keys);
    let (failure, ()) = join(sending, server.traffic.run_while_held(1, delete)).await;
    assert_eq!(failure, None);
    assert_eq!(ses.take_requests().len(), 1);
    assert!(!server.mail_keys().await.contains(&keys[0]));
}

#[tokio::test]
async fn the_mailer_has_exactly_the_rights_that_it_uses() {
    let ses = FakeSes::start().await;
    let (server, user) = server_with_user(&ses, "rights@example.com").await;
    let mut farewell = only_mail(&server).await;
    farewell.insert("pk".to_owned(), text(&format!("DELETED#{}", user.id)));
    farewell.insert("kind".to_owned(), text("account-deleted"));
    server.put(farewell).await;
    assert_eq!(server.send_all_mails().await, None);
    assert_eq!(server.traffic.used_rights()["mailer"], granted()["mailer"]);
}

#[tokio::test]
async fn a_key_that_no_mail_has_is_skipped() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    let keys = ["USER#ada", "TASKS#1", "DELETED#", ""];
    let keys = keys.map(|pk| (pk.to_owned(), "MAIL#1".to_owned()));
    assert_eq!(server.send_mails(&keys).await, None);
    assert!(ses.take_requests().is_empty());
}
