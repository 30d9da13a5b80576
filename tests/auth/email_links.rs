//! Links of verification and of a new e-mail: each is good once, for its purpose, for a time, and while
//! nothing has made it void.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{PASSWORD, PREVIOUS_SECRET, Reply, SECRET, Server, User, seal_link, secrets};

const PURPOSES: [LinkPurpose; 2] = [LinkPurpose::VerifyEmail, LinkPurpose::ChangeEmail];

async fn use_link(server: &Server, link_token: &str) -> Reply {
    secrets::register(link_token);
    let body = json!({"token": link_token});
    let call = server.post("/api/auth/email/verify").json(&body);
    call.send().await
}

async fn assert_invalid(server: &Server, link_token: &str) {
    let refused = use_link(server, link_token).await;
    refused.assert_refused(400, "LinkInvalid");
    assert_eq!(refused.body["detail"], Value::Null);
}

/// A user with a link of that purpose, and the link's token.
async fn with_link(server: &Server, email: &str, purpose: LinkPurpose) -> (User, String) {
    let user = server.sign_up(email).await;
    if purpose == LinkPurpose::ChangeEmail {
        ask_for(server, &user, &format!("new-{email}")).await;
    }
    let token = server.link_token(&user.id, purpose).await.unwrap();
    (user, token)
}

async fn ask_for(server: &Server, user: &User, new: &str) {
    let body = json!({"new_email": new, "password": PASSWORD});
    let call = server.post("/api/auth/me/email").bearer(&user.token);
    assert_eq!(call.json(&body).send().await.status, 202);
}

async fn mail_id(server: &Server, user: &User, purpose: LinkPurpose) -> String {
    let kind = purpose.as_str();
    let owed = server.owed_mails(&user.id).await;
    let mail = owed.into_iter().find(|mail| mail.kind == kind);
    mail.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_uses_at_once_one_wins() {
    let server = Server::with_mail().await;
    for (email, purpose) in [
        ("a@example.com", LinkPurpose::VerifyEmail),
        ("b@example.com", LinkPurpose::ChangeEmail),
    ] {
        let (user, token) = with_link(&server, email, purpose).await;
        let before = server.log_keys().await.len();
        let calls = (0..20).map(|_| use_link(&server, &token));
        let replies = join_all(calls).await;
        let won = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(won, 1, "{purpose:?}");
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            reply.assert_refused(400, "LinkInvalid");
        }
        assert_invalid(&server, &token).await;
        assert_eq!(server.log_keys().await.len(), before + 1);
        let notices = server.owed_mails(&user.id).await;
        let notices = notices.iter().filter(|mail| mail.kind == "email-changed");
        let expected = if purpose == LinkPurpose::ChangeEmail {
            2
        } else {
            0
        };
        assert_eq!(notices.count(), expected);
    }
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    for purpose in PURPOSES {
        let server = Server::with_mail().await;
        let (_, in_time) = with_link(&server, "a@example.com", purpose).await;
        let (_, late) = with_link(&server, "b@example.com", purpose).await;
        server.advance_seconds(24 * 60 * 60 - 1);
        assert_eq!(use_link(&server, &in_time).await.status, 200);
        server.advance_seconds(1);
        assert_invalid(&server, &late).await;
    }
}

#[tokio::test]
async fn a_new_password_and_a_logout_everywhere_void_links() {
    let server = Server::with_mail().await;
    let password = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    for (path, body) in [
        ("/api/auth/me/password", password),
        ("/api/auth/logout", json!({"everywhere": true})),
    ] {
        for purpose in PURPOSES {
            let email = format!("{}-{}@example.com", purpose.as_str(), path.len());
            let (user, token) = with_link(&server, &email, purpose).await;
            let call = server.post(path).bearer(&user.token).json(&body);
            assert_eq!(call.send().await.status, 200);
            assert_invalid(&server, &token).await;
        }
    }
}

#[tokio::test]
async fn a_plain_logout_and_a_refresh_void_no_link() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (user, token) = with_link(&server, &email, purpose).await;
        let refreshed = server.refresh(&user.token).await;
        let logout = server.post("/api/auth/logout").bearer(refreshed.token());
        assert_eq!(logout.send().await.status, 200);
        assert_eq!(use_link(&server, &token).await.status, 200);
    }
}

#[tokio::test]
async fn a_later_link_of_the_same_purpose_voids_earlier_ones_and_no_other() {
    let server = Server::with_mail().await;
    let (user, verification) = with_link(&server, "a@example.com", LinkPurpose::VerifyEmail).await;
    ask_for(&server, &user, "b@example.com").await;
    let first = server.link_token(&user.id, LinkPurpose::ChangeEmail).await;
    ask_for(&server, &user, "c@example.com").await;
    let second = server.link_token(&user.id, LinkPurpose::ChangeEmail).await;
    assert_invalid(&server, &first.unwrap()).await;
    assert_eq!(use_link(&server, &verification).await.status, 200);
    let changed = use_link(&server, &second.unwrap()).await;
    assert_eq!(changed.body["user"]["email"], "c@example.com");
}

#[tokio::test]
async fn another_email_voids_the_links_of_the_old_one() {
    let server = Server::with_mail().await;
    let (user, verification) = with_link(&server, "a@example.com", LinkPurpose::VerifyEmail).await;
    ask_for(&server, &user, "b@example.com").await;
    let change = server.link_token(&user.id, LinkPurpose::ChangeEmail).await;
    assert_eq!(use_link(&server, &change.unwrap()).await.status, 200);
    assert_invalid(&server, &verification).await;
}

#[tokio::test]
async fn a_link_is_good_for_its_own_purpose_and_user_alone() {
    let server = Server::with_mail().await;
    let (ada, verification) = with_link(&server, "a@example.com", LinkPurpose::VerifyEmail).await;
    ask_for(&server, &ada, "new@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    for purpose in PURPOSES {
        let id = mail_id(&server, &ada, purpose).await;
        for other in LinkPurpose::ALL {
            if other != purpose {
                let token = seal_link(&ada.id, &id, other, SECRET);
                assert_invalid(&server, &token).await;
            }
        }
        assert_invalid(&server, &seal_link(&bob.id, &id, purpose, SECRET)).await;
        let other_mail = mail_id(&server, &bob, LinkPurpose::VerifyEmail).await;
        assert_invalid(&server, &seal_link(&ada.id, &other_mail, purpose, SECRET)).await;
        let nobody = uuid::Uuid::nil().to_string();
        assert_invalid(&server, &seal_link(&nobody, &id, purpose, SECRET)).await;
    }
    // No refusal has used the link up.
    assert_eq!(use_link(&server, &verification).await.status, 200);
}

#[tokio::test]
async fn a_token_with_any_byte_changed_reaches_no_store() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (_, token) = with_link(&server, &email, purpose).await;
        server.traffic.reset();
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_invalid(&server, str::from_utf8(&bytes).unwrap()).await;
        }
        for bent in [
            String::new(),
            token[1..].to_owned(),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            format!("{token}="),
            format!("{token} "),
            token.to_uppercase(),
        ] {
            assert_invalid(&server, &bent).await;
        }
        assert!(server.traffic.operations().is_empty());
        assert_eq!(use_link(&server, &token).await.status, 200);
    }
}

#[tokio::test]
async fn the_previous_secret_is_honoured_and_a_foreign_one_is_not() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (user, _) = with_link(&server, &email, purpose).await;
        let id = mail_id(&server, &user, purpose).await;
        let of = |secret| seal_link(&user.id, &id, purpose, secret);
        server.traffic.reset();
        assert_invalid(&server, &of("a secret of somebody else, not ours")).await;
        assert!(server.traffic.operations().is_empty());
        assert_eq!(use_link(&server, &of(PREVIOUS_SECRET)).await.status, 200);
    }
}

#[tokio::test]
async fn links_are_no_session_tokens_and_session_tokens_are_no_links() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (user, token) = with_link(&server, &email, purpose).await;
        let refused = server.me(&token).await;
        refused.assert_refused(401, "TokenMalformed");
        let refused = server.get("/api/auth/me").cookie(&token).send().await;
        refused.assert_refused(401, "TokenMalformed");
        assert_invalid(&server, &user.token).await;
    }
}

#[tokio::test]
async fn a_link_of_a_suspended_account_is_invalid_until_it_is_reinstated() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (user, token) = with_link(&server, &email, purpose).await;
        for (is_active, status) in [(false, 400), (true, 200)] {
            let is_active = AttributeValue::Bool(is_active);
            server
                .set_account_attribute(&user.id, "is_active", is_active)
                .await;
            assert_eq!(use_link(&server, &token).await.status, status);
        }
    }
}

#[tokio::test]
async fn a_link_of_a_deleted_account_is_invalid() {
    let server = Server::with_mail().await;
    for purpose in PURPOSES {
        let email = format!("{}@example.com", purpose.as_str());
        let (user, token) = with_link(&server, &email, purpose).await;
        let delete = server.call("DELETE", "/api/auth/me").bearer(&user.token);
        let deleted = delete.json(&json!({"password": PASSWORD})).send().await;
        assert_eq!(deleted.status, 200);
        assert_invalid(&server, &token).await;
    }
}
