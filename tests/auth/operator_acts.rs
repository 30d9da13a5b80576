//! The acts of an operator on an account that something else has changed since it was read. Each writes
//! nothing then.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    Entropy, Error, Timestamp,
    account::Account,
    audit::{Action, NewEntry, Trace},
    mail::{LinkPurpose, LinkTicket, Mail, MailKind, NewLink},
    store::{Connection, FailuresOf, Store},
};

use crate::harness::{Server, TABLE, User};

fn store(server: &Server) -> Store {
    let endpoint = format!("http://{}", server.database);
    let connection = Connection::to_local(&endpoint).without_timeouts();
    Store::new(&connection, TABLE, Entropy::system())
}

fn entry(server: &Server) -> NewEntry {
    let now = Timestamp::from_seconds(server.now_seconds());
    let trace = Trace::of_operator("test".to_owned(), "local:grace".to_owned());
    let expires_at = Timestamp::from_seconds(now.seconds() + 86_400);
    let id = Entropy::system().sortable_uuid(now).unwrap();
    NewEntry::new(id, Action::AccountSuspend, None, &trace, now, expires_at)
}

fn link(account: &Account, now: Timestamp) -> NewLink {
    let expires_at = now.seconds() + 3600;
    let id = Entropy::system().sortable_uuid(now).unwrap();
    NewLink {
        mail: Mail {
            id,
            user_id: account.id,
            kind: MailKind::ResetPassword,
            to: account.email.clone(),
            new_email: None,
            is_pending: false,
            callback_url: None,
            created_at: now,
            expires_at,
            sent_at: None,
            refused: None,
        },
        ticket: LinkTicket {
            purpose: LinkPurpose::ResetPassword,
            mail_id: id,
            session_generation: account.session_generation,
            email_normal: account.email_normal.clone(),
            new_email: None,
            expires_at,
        },
    }
}

/// Runs every act on the account as it was before `attribute` changed. `conflicts` names those that must
/// be refused.
async fn after_a_change(
    attribute: &str,
    value: AttributeValue,
    is_active: bool,
    conflicts: &[&str],
) {
    for act in [
        "suspend",
        "reinstate",
        "unlock",
        "verify",
        "send a link",
        "end sessions",
    ] {
        let server = Server::with_mail().await;
        let user: User = server.sign_up("a@example.com").await;
        let flag = AttributeValue::Bool(is_active);
        server
            .set_account_attribute(&user.id, "is_active", flag)
            .await;
        let store = store(&server);
        let id = user.id.parse().unwrap();
        let read = store.account(id).await.unwrap().unwrap();
        server
            .set_account_attribute(&user.id, attribute, value.clone())
            .await;
        let before = server.items().await;
        let (entry, now) = (
            entry(&server),
            Timestamp::from_seconds(server.now_seconds()),
        );
        let done = match act {
            "suspend" => store.suspend(&read, now, &entry).await,
            "reinstate" => store.reinstate(&read, &entry).await,
            "unlock" => {
                let failures = [FailuresOf::Name("nobody".to_owned())];
                store.unlock(&read, &failures, &entry).await
            }
            "verify" => store.verify_email_unseen(&read, now, &entry).await,
            "send a link" => store.send_link(&read, &link(&read, now), &entry).await,
            _ => store.end_every_session(&read, now, &entry).await,
        };
        if conflicts.contains(&act) {
            assert!(matches!(done, Err(Error::Conflict)), "{act}: {done:?}");
            assert_eq!(server.items().await, before, "{act}");
        } else {
            assert!(done.is_ok(), "{act}: {done:?}");
            assert_ne!(server.items().await, before, "{act}");
        }
    }
}

#[tokio::test]
async fn nothing_is_done_to_an_account_whose_deletion_has_begun() {
    let all = [
        "suspend",
        "unlock",
        "verify",
        "send a link",
        "end sessions",
        "reinstate",
    ];
    after_a_change("is_leaving", AttributeValue::Bool(true), true, &all).await;
}

#[tokio::test]
async fn a_suspension_ends_the_sessions_of_the_generation_that_was_read() {
    let next = AttributeValue::N("7".to_owned());
    let conflicts = ["suspend", "send a link", "end sessions", "reinstate"];
    after_a_change("session_generation", next.clone(), true, &conflicts).await;
    // A later suspension is not undone by an earlier wish to reinstate.
    let conflicts = ["suspend", "send a link", "end sessions", "reinstate"];
    after_a_change("session_generation", next, false, &conflicts).await;
}

#[tokio::test]
async fn another_email_is_neither_verified_nor_written_to() {
    let other = AttributeValue::S("b@example.com".to_owned());
    let conflicts = ["verify", "send a link", "reinstate"];
    after_a_change("email_normal", other, true, &conflicts).await;
}

#[tokio::test]
async fn a_suspended_account_is_suspended_once_and_gets_no_link() {
    let no = AttributeValue::Bool(false);
    after_a_change("is_active", no, true, &["suspend", "send a link"]).await;
}

#[tokio::test]
async fn a_new_password_voids_the_wish_to_unlock() {
    let next = AttributeValue::N("3".to_owned());
    after_a_change("password_generation", next, true, &["unlock", "reinstate"]).await;
}
