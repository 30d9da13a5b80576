//! Mails that came back, and readers who complained.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::log_line;
use crate::harness::{ConnectionFault, FakeSes, Server, User};

/// As `EventBridge` brings it from SES.
fn feedback(event_type: &str, bounce_type: Option<&str>, user: &User, to: &str) -> Value {
    let mut event = json!({
        "version": "0",
        "source": "aws.ses",
        "detail-type": "Email Bounced",
        "detail": {
            "eventType": event_type,
            "mail": {
                "messageId": "message-1",
                "destination": [to],
                "tags": {"user_id": [user.id], "mail_id": [user.session_id]},
            },
        },
    });
    match bounce_type {
        Some(bounce_type) => {
            let recipients = json!([{"emailAddress": to}]);
            let bounce = json!({"bounceType": bounce_type, "bouncedRecipients": recipients});
            event["detail"]["bounce"] = bounce;
        }
        None => {
            event["detail"]["complaint"] = json!({"complainedRecipients": [{"emailAddress": to}]});
        }
    }
    event
}

async fn undeliverable(server: &Server, user: &User) -> Option<AttributeValue> {
    let account = server.account(&user.id).await.unwrap();
    account.get("undeliverable_email").cloned()
}

#[tokio::test]
async fn after_a_bounce_or_a_complaint_no_more_mail_is_sent_there() {
    for (number, event_type, bounce_type, message) in [
        (0, "Bounce", Some("Permanent"), "mail_bounced"),
        (1, "Complaint", None, "mail_complained"),
    ] {
        let ses = FakeSes::start().await;
        let server = Server::with_mailer(&ses).await;
        let user = server
            .sign_up(&format!("Returns{number}@Example.com"))
            .await;
        // SES shows a domain of another script in ASCII, and may change capitals.
        let event = feedback(event_type, bounce_type, &user, &user.email.to_lowercase());
        let answer = server.invoke("mailer", event).await;
        assert_eq!(answer, json!({"batchItemFailures": []}));
        let normal = format!("returns{number}@example.com");
        let marked = Some(AttributeValue::S(normal));
        assert_eq!(undeliverable(&server, &user).await, marked);
        // The test gives the id of the session for that of the mail.
        let expected = json!({
            "level": "WARN", "message": message, "user_id": user.id,
            "mail_id": log_id(&user), "account": "marked",
        });
        assert_eq!(log_line(&log_id(&user)), expected);

        assert_eq!(server.send_all_mails().await, None);
        assert!(ses.take_requests().is_empty());
        let mails = server.mail_items().await;
        assert_eq!(mails[0]["refused"].as_s().unwrap(), "undeliverable");
        let line = log_line(mails[0]["id"].as_s().unwrap());
        assert_eq!(
            (&line["message"], &line["code"]),
            (&json!("mail_refused"), &json!("undeliverable"))
        );
    }
}

fn log_id(user: &User) -> String {
    user.session_id.clone()
}

#[tokio::test]
async fn other_feedback_changes_nothing() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    let user = server.sign_up("stays@example.com").await;
    let stranger = User {
        id: uuid::Uuid::new_v4().to_string(),
        token: String::new(),
        email: String::new(),
        session_id: uuid::Uuid::new_v4().to_string(),
    };
    let permanent = Some("Permanent");
    let mut untagged = feedback("Bounce", permanent, &user, &user.email);
    untagged["detail"]["mail"]["tags"] = json!({});
    for event in [
        feedback("Bounce", Some("Transient"), &user, &user.email),
        feedback("Bounce", Some("Undetermined"), &user, &user.email),
        // The account has another address by now, or is gone.
        feedback("Bounce", permanent, &user, "before@example.com"),
        feedback("Complaint", None, &stranger, &user.email),
        untagged,
    ] {
        server.invoke("mailer", event).await;
        assert_eq!(undeliverable(&server, &user).await, None);
    }
    let keys = server.all_keys().await;
    assert!(
        !keys.iter().any(|key| key.contains(&stranger.id)),
        "{keys:?}"
    );
    assert_eq!(server.send_all_mails().await, None);
    assert_eq!(ses.take_requests().len(), 1);
}

#[tokio::test]
async fn a_store_that_fails_at_first_loses_no_bounce() {
    let ses = FakeSes::start().await;
    let server = Server::with_mailer(&ses).await;
    let user = server.sign_up("lost-bounce@example.com").await;
    server.traffic.inject(ConnectionFault::LostFrom(0));
    let event = feedback("Bounce", Some("Permanent"), &user, &user.email);
    let noting = server.invoke("mailer", event);
    // The three attempts of the first try.
    let mending = async {
        while server.traffic.operations().len() < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        server.traffic.reset();
    };
    futures_util::future::join(noting, mending).await;
    let marked = Some(AttributeValue::S("lost-bounce@example.com".to_owned()));
    assert_eq!(undeliverable(&server, &user).await, marked);
}
