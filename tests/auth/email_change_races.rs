//! Changes of an e-mail beside each other and beside other calls.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use shared::mail::LinkPurpose;

use crate::harness::{ConnectionFault, MAIL, PASSWORD, Reply, Server, User};

const NEW: &str = "new@example.com";

async fn ask_for(server: &Server, user: &User, new: &str) -> String {
    let body = json!({"new_email": new, "password": PASSWORD});
    let call = server.post("/api/auth/me/email").bearer(&user.token);
    assert_eq!(call.json(&body).send().await.status, 202);
    let token = server.link_token(&user.id, LinkPurpose::ChangeEmail).await;
    token.unwrap()
}

async fn use_link(server: &Server, link_token: &str) -> Reply {
    let body = json!({"token": link_token});
    let call = server.post("/api/auth/email/verify").json(&body);
    call.send().await
}

#[tokio::test]
async fn the_first_to_confirm_a_free_address_gets_it_and_the_other_link_stays_good() {
    let server = Server::with_mail().await;
    let ada = server.sign_up("ada@example.com").await;
    let bob = server.sign_up("bob@example.com").await;
    let of_ada = ask_for(&server, &ada, NEW).await;
    let of_bob = ask_for(&server, &bob, "New@example.com").await;
    assert_eq!(use_link(&server, &of_bob).await.status, 200);
    let before = server.all_keys().await;
    let account = server.account(&ada.id).await;
    let refused = use_link(&server, &of_ada).await;
    refused.assert_refused(409, "EmailTaken");
    assert_eq!(server.all_keys().await, before);
    assert_eq!(server.account(&ada.id).await, account);

    // Bob gives it up.
    let back = ask_for(&server, &bob, "bob@example.com").await;
    assert_eq!(use_link(&server, &back).await.status, 200);
    let reply = use_link(&server, &of_ada).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["user"]["email"], NEW);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_signup_can_be_faster_than_a_change() {
    let server = Server::with_mail().await;
    let ada = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &ada, NEW).await;
    server.sign_up(NEW).await;
    let refused = use_link(&server, &link).await;
    refused.assert_refused(409, "EmailTaken");
    let me = server.me(&ada.token).await;
    assert_eq!(me.body["user"]["email"], "ada@example.com");
    assert_eq!(me.body["user"]["email_verified"], false);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_accounts_that_confirm_one_address_at_once_one_gets_it() {
    let server = Server::with(&[MAIL[0], MAIL[1], ("LINKS_PER_ACCOUNT_PER_HOUR", "6")]).await;
    let mut links = Vec::new();
    for n in 0..6 {
        let user = server.sign_up(&format!("user-{n}@example.com")).await;
        links.push(ask_for(&server, &user, NEW).await);
    }
    let replies = join_all(links.iter().map(|link| use_link(&server, link))).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        reply.assert_refused(409, "EmailTaken");
    }
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_link_is_good() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let ask = async |new: &str| {
        let body = json!({"new_email": new, "password": PASSWORD});
        let call = server.post("/api/auth/me/email").bearer(&user.token);
        call.json(&body).send().await
    };
    let (first, second) = join(ask("b@example.com"), ask("c@example.com")).await;
    assert_eq!((first.status, second.status), (202, 202));
    let mut changed = 0;
    for mail in server.owed_mails(&user.id).await {
        if mail.kind == "change-email" {
            let token = crate::harness::seal_link(
                &user.id,
                &mail.id,
                LinkPurpose::ChangeEmail,
                crate::harness::SECRET,
            );
            let reply = use_link(&server, &token).await;
            if reply.status == 200 {
                assert_eq!(reply.body["user"]["email"], mail.to.as_str());
                changed += 1;
            } else {
                reply.assert_refused(400, "LinkInvalid");
            }
        }
    }
    assert_eq!(changed, 1);
    server.assert_claims_and_accounts_agree().await;
}

/// Runs `work` between the reading and the writing of a call that changes the account.
async fn beside(
    server: &Server,
    call: impl Future<Output = Reply>,
    held: usize,
    work: impl Future<Output = ()>,
) -> Reply {
    server.traffic.inject(ConnectionFault::Held(held));
    let (reply, ()) = join(call, server.traffic.run_while_held(held, work)).await;
    reply
}

#[tokio::test]
async fn a_change_and_a_renaming_beside_it_both_happen() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    let rename = async {
        let call = server.call("PATCH", "/api/auth/me").bearer(&user.token);
        let renamed = call.json(&json!({"username": "countess"})).send().await;
        assert_eq!(renamed.status, 200, "{}", renamed.text);
    };
    // The second request of the call writes.
    let changed = beside(&server, use_link(&server, &link), 1, rename).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let me = server.me(&user.token).await;
    assert_eq!(me.body["user"]["email"], NEW);
    assert_eq!(me.body["user"]["username"], "countess");
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_renaming_that_began_before_a_change_is_a_conflict() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    server.advance_seconds(1);
    let rename = async {
        let call = server.call("PATCH", "/api/auth/me").bearer(&user.token);
        call.json(&json!({"username": "countess"})).send().await
    };
    let change = async { assert_eq!(use_link(&server, &link).await.status, 200) };
    let refused = beside(&server, rename, 2, change).await;
    refused.assert_refused(409, "Conflict");
    assert_eq!(server.me(&user.token).await.body["user"]["email"], NEW);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_link_is_void_if_a_new_password_comes_between() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    let password = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    let change = async {
        let call = server.post("/api/auth/me/password").bearer(&user.token);
        assert_eq!(call.json(&password).send().await.status, 200);
    };
    let refused = beside(&server, use_link(&server, &link), 1, change).await;
    refused.assert_refused(400, "LinkInvalid");
    server.assert_claims_and_accounts_agree().await;
}

/// A deletion removes the claims of the account that it has read.
#[tokio::test]
async fn a_change_beside_a_deletion_leaves_no_claim_behind() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    let delete = || async {
        let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
        call.json(&json!({"password": PASSWORD})).send().await
    };
    let change = async { assert_eq!(use_link(&server, &link).await.status, 200) };
    // State, attempt and success of the password come before the first step of the deletion.
    let refused = beside(&server, delete(), 3, change).await;
    refused.assert_refused(409, "Conflict");
    server.assert_claims_and_accounts_agree().await;
    assert_eq!(delete().await.status, 200);
    assert_eq!(server.account(&user.id).await, None);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_deletion_beside_a_change_wins() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    let delete = async {
        let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
        let deleted = call.json(&json!({"password": PASSWORD})).send().await;
        assert_eq!(deleted.status, 200);
    };
    let refused = beside(&server, use_link(&server, &link), 1, delete).await;
    refused.assert_refused(400, "LinkInvalid");
    assert_eq!(server.account(&user.id).await, None);
    server.assert_claims_and_accounts_agree().await;
}

#[tokio::test]
async fn a_lost_response_uses_a_link_once() {
    for lost in 0..2 {
        let server = Server::with_mail().await;
        let user = server.sign_up("ada@example.com").await;
        let link = ask_for(&server, &user, NEW).await;
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        let reply = use_link(&server, &link).await;
        assert_eq!(reply.status, 200, "{lost}: {}", reply.text);
        assert_eq!(reply.body["user"]["email"], NEW);
        let owed = server.owed_mails(&user.id).await;
        let notices = owed.iter().filter(|mail| mail.kind == "email-changed");
        assert_eq!(notices.count(), 2);
        server.assert_claims_and_accounts_agree().await;
    }
}

#[tokio::test]
async fn a_lost_response_asks_for_a_change_once() {
    for lost in 0..8 {
        let server = Server::with_mail().await;
        let user = server.sign_up("ada@example.com").await;
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        ask_for(&server, &user, NEW).await;
        assert_eq!(server.traffic.operations().len(), 9, "{lost}");
        let owed = server.owed_mails(&user.id).await;
        let kinds: Vec<&str> = owed.iter().map(|mail| mail.kind.as_str()).collect();
        assert_eq!(kinds, ["change-email", "email-changed", "verify-email"]);
    }
}

#[tokio::test]
async fn without_the_store_nothing_is_half_done() {
    let server = Server::with_mail().await;
    let user = server.sign_up("ada@example.com").await;
    let link = ask_for(&server, &user, NEW).await;
    for lost_from in 0..2 {
        server.traffic.inject(ConnectionFault::LostFrom(lost_from));
        let refused = use_link(&server, &link).await;
        refused.assert_refused(503, "Unavailable");
        server.traffic.reset();
        let me = server.me(&user.token).await;
        assert_eq!(me.body["user"]["email"], "ada@example.com");
    }
    let reply = use_link(&server, &link).await;
    assert_eq!(reply.status, 200);
    assert_ne!(reply.body["user"], Value::Null);
}
