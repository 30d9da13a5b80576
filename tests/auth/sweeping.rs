//! The function `sweeper` finishes deletions that have begun.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::Clock;

use crate::harness::{
    ConnectionFault, Item, MAIL, PASSWORD, Reply, Server, User, begun_deletion, secrets,
    stream_event,
};

/// The request of `DELETE me` that begins the deletion.
const BEGINNING: usize = 3;

async fn delete(server: &Server, user: &User) -> Reply {
    let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    call.json(&json!({"password": PASSWORD})).send().await
}

async fn delete_in_time(server: &Server, user: &User) -> Reply {
    let reply = tokio::time::timeout(Duration::from_secs(3), delete(server, user)).await;
    reply.expect("a response within three seconds")
}

/// Begins a deletion whose caller does not get any further.
async fn begin(server: &Server, user: &User) {
    server.traffic.inject(ConnectionFault::LostAfter(BEGINNING));
    delete(server, user)
        .await
        .assert_refused(503, "Unavailable");
    server.traffic.reset();
    assert!(is_being_deleted(server, user).await);
}

async fn is_being_deleted(server: &Server, user: &User) -> bool {
    let account = server.account(&user.id).await;
    account.is_some_and(|account| account["is_leaving"] == AttributeValue::Bool(true))
}

async fn farewells(server: &Server) -> Vec<Item> {
    let mut items = server.items().await;
    items.retain(|item| item["pk"].as_s().unwrap().starts_with("DELETED#"));
    items
}

/// Nothing is left but one notice, and the e-mail is free.
async fn assert_gone(server: &Server, user: &User, context: &str) {
    let mails = server.owed_mails(&user.id).await;
    let [mail] = &mails[..] else {
        panic!("{context}: {mails:?}");
    };
    assert_eq!(
        (mail.kind.as_str(), &mail.to),
        ("account-deleted", &user.email),
        "{context}"
    );
    let left: Vec<String> = server
        .all_keys()
        .await
        .into_iter()
        .filter(|key| !key.starts_with("LIMIT#"))
        .collect();
    assert_eq!(
        left,
        [format!("DELETED#{} MAIL#{}", user.id, mail.id)],
        "{context}"
    );
    server.sign_up(&user.email).await;
}

fn failure() -> Value {
    json!({"batchItemFailures": [{"itemIdentifier": "1"}]})
}

fn success() -> Value {
    json!({"batchItemFailures": []})
}

/// Interrupts `DELETE me` before and after each of its store requests.
#[tokio::test]
async fn the_sweeper_alone_finishes_a_deletion_wherever_its_call_was_cut_off() {
    for cut in 0..12 {
        for fault in [
            ConnectionFault::LostFrom(cut),
            ConnectionFault::LostAfter(cut),
        ] {
            let context = format!("{fault:?}");
            let server = Server::with_mail().await;
            let user = server.sign_up("Ada@example.com").await;
            server.create_task(&user, &json!({"title": "Milk"})).await;
            server.traffic.inject(fault);
            let status = delete(&server, &user).await.status;
            server.traffic.reset();
            let has_begun = is_being_deleted(&server, &user).await;
            if !has_begun && server.account(&user.id).await.is_some() {
                let before = server.all_keys().await;
                assert!(
                    !before.iter().any(|key| key.contains(" SWEEP#")),
                    "{context}"
                );
                let answer = server.call_sweeper(begun_deletion(&user.id)).await;
                assert_eq!((answer, server.all_keys().await), (success(), before));
                assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
                continue;
            }
            if has_begun {
                assert_eq!(farewells(&server).await, [], "{context}");
                let login = server.log_in(&user.email, PASSWORD).await;
                login.assert_refused(401, "InvalidCredentials");
                let me = server.me(&user.token).await;
                me.assert_refused(401, "TokenRevoked");
            }
            let answer = server.call_sweeper(begun_deletion(&user.id)).await;
            assert_eq!(answer, success(), "{context}");
            assert_gone(&server, &user, &context).await;
            if status == 200 && fault == ConnectionFault::LostAfter(cut) {
                return;
            }
        }
    }
    panic!("a deletion makes more store requests than this test interrupts");
}

/// Interrupts the sweeper before and after each of its store requests.
#[tokio::test]
async fn a_sweeper_that_was_cut_off_reports_it_and_finishes_at_its_next_call() {
    for cut in 0..12 {
        for fault in [
            ConnectionFault::LostFrom(cut),
            ConnectionFault::LostAfter(cut),
        ] {
            let context = format!("{fault:?}");
            let server = Server::with_mail().await;
            let user = server.sign_up("a@example.com").await;
            server.create_task(&user, &json!({"title": "Milk"})).await;
            begin(&server, &user).await;
            let event = server.begun_deletions().await;
            server.traffic.inject(fault);
            let answer = server.call_sweeper(event.clone()).await;
            server.traffic.reset();
            server.assert_claims_and_accounts_agree().await;
            let was_cut_off = answer != success();
            if was_cut_off {
                assert_eq!(answer, failure(), "{context}");
            }
            assert_eq!(
                server.call_sweeper(event.clone()).await,
                success(),
                "{context}"
            );
            // Lambda may bring a record twice.
            assert_eq!(server.call_sweeper(event).await, success(), "{context}");
            assert_gone(&server, &user, &context).await;
            if !was_cut_off && fault == ConnectionFault::LostAfter(cut) {
                return;
            }
        }
    }
    panic!("the sweeper makes more store requests than this test interrupts");
}

#[tokio::test(flavor = "multi_thread")]
async fn caller_and_sweepers_at_once_do_not_disturb_each_other() {
    for round in 0..5 {
        let context = format!("round {round}");
        let server = Server::with_mail().await;
        let user = server.sign_up("a@example.com").await;
        for title in ["Milk", "Eggs", "Tea"] {
            server.create_task(&user, &json!({"title": title})).await;
        }
        begin(&server, &user).await;
        let event = server.begun_deletions().await;
        let (call, first, second) = tokio::join!(
            delete(&server, &user),
            server.call_sweeper(event.clone()),
            server.call_sweeper(event),
        );
        assert_eq!((first, second), (success(), success()), "{context}");
        if call.status != 200 {
            call.assert_refused(401, "TokenRevoked");
        }
        assert_gone(&server, &user, &context).await;
    }
}

#[tokio::test]
async fn calls_that_delete_an_account_at_once_all_succeed_and_one_is_logged() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let calls = (0..4).map(|_| delete(&server, &user));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        reply.assert_refused(401, "TokenRevoked");
    }
    assert_eq!(logged_deletions(&user), 1);
    assert_gone(&server, &user, "four calls").await;
}

fn logged_deletions(user: &User) -> usize {
    let lines = secrets::LOG_LINES.lock().unwrap();
    let is_success = |line: &&String| {
        line.contains(&user.id)
            && line.contains(r#""action":"account_delete""#)
            && line.contains(r#""success":true"#)
    };
    lines.iter().filter(is_success).count()
}

#[tokio::test]
async fn a_deletion_that_is_repeated_and_swept_is_logged_once() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let wrong = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let wrong = wrong.json(&json!({"password": "not the one"})).send().await;
    wrong.assert_refused(403, "WrongPassword");
    begin(&server, &user).await;
    begin(&server, &user).await;
    server.sweep().await;
    assert!(server.keys().await.is_empty());
    // The first call was cut off after its store had begun the deletion.
    assert!(logged_deletions(&user) <= 1);
    let other = server.sign_up("b@example.com").await;
    server
        .traffic
        .inject(ConnectionFault::LostFrom(BEGINNING + 1));
    let cut_off = delete(&server, &other).await;
    cut_off.assert_refused(503, "Unavailable");
    server.traffic.reset();
    assert_eq!(delete(&server, &other).await.status, 200);
    assert_eq!(logged_deletions(&other), 1);
}

/// Each call makes a new item: the stream may have given up the record of the last one.
#[tokio::test]
async fn each_call_that_deletes_calls_the_sweeper_anew() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    begin(&server, &user).await;
    let first = server.sort_keys(&user.id, "SWEEP#").await;
    begin(&server, &user).await;
    let both = server.sort_keys(&user.id, "SWEEP#").await;
    assert_eq!((first.len(), both.len()), (1, 2));
    server.sweep().await;
    assert!(
        server
            .all_keys()
            .await
            .iter()
            .all(|key| key.starts_with("LIMIT#"))
    );
}

/// Another call began again between the last look and the end.
#[tokio::test]
async fn an_item_that_outlived_its_account_goes_as_well() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    assert_eq!(delete(&server, &user).await.status, 200);
    let text = |value: String| AttributeValue::S(value);
    let pk = ("pk".to_owned(), text(format!("USER#{}", user.id)));
    let sk = ("sk".to_owned(), text(format!("SWEEP#{}", user.id)));
    server.put(HashMap::from([pk, sk])).await;
    server.sweep().await;
    assert_eq!(server.keys().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_sweeper_leaves_accounts_alone_that_are_not_being_deleted() {
    let server = Server::with_mail().await;
    let gone = server.sign_up("a@example.com").await;
    assert_eq!(delete(&server, &gone).await.status, 200);
    let anew = server.sign_up("a@example.com").await;
    let suspended = server.sign_up("b@example.com").await;
    let inactive = AttributeValue::Bool(false);
    server
        .set_account_attribute(&suspended.id, "is_active", inactive)
        .await;
    let before = server.all_keys().await;
    for user in [&gone, &anew, &suspended] {
        let answer = server.call_sweeper(begun_deletion(&user.id)).await;
        assert_eq!(answer, success());
        assert_eq!(server.all_keys().await, before);
    }
    assert_eq!(server.log_in(&anew.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_sweeper_ignores_records_that_are_not_for_it() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    begin(&server, &user).await;
    let partition = format!("USER#{}", user.id);
    let record = |(name, pk, sk): (&str, &str, &str)| (name.into(), pk.into(), sk.into());
    let ignored = [
        ("MODIFY", partition.as_str(), "SWEEP#1"),
        ("REMOVE", &partition, "SWEEP#1"),
        ("INSERT", &partition, "LOG#1"),
        ("INSERT", &partition, "MAIL#1"),
        ("INSERT", "EMAIL#a@example.com", "EMAIL"),
        ("INSERT", "USER#nobody", "SWEEP#1"),
        ("INSERT", "TASKS#1", "SWEEP#1"),
    ];
    let answer = server.call_sweeper(stream_event(ignored.map(record))).await;
    assert_eq!(answer, success());
    assert!(server.traffic.operations().is_empty());
    assert!(is_being_deleted(&server, &user).await);
}

/// The stream must not pass the record of a deletion that is not finished.
#[tokio::test]
async fn a_failed_deletion_holds_back_those_behind_it() {
    let server = Server::start().await;
    let users = [
        server.sign_up("a@example.com").await,
        server.sign_up("b@example.com").await,
    ];
    for user in &users {
        begin(&server, user).await;
    }
    let record = |user: &User| {
        let partition = format!("USER#{}", user.id);
        ("INSERT".to_owned(), partition, "SWEEP#1".to_owned())
    };
    let event = stream_event(users.iter().map(record));
    server.traffic.inject(ConnectionFault::LostFrom(1));
    assert_eq!(server.call_sweeper(event.clone()).await, failure());
    server.traffic.reset();
    assert!(is_being_deleted(&server, &users[1]).await);
    assert_eq!(server.call_sweeper(event).await, success());
    assert!(server.keys().await.is_empty());
}

#[tokio::test]
async fn the_notice_of_a_deletion_goes_to_every_owner_once_and_expires() {
    let server = Server::with_mail().await;
    let user = server.sign_up("Ada@Example.com").await;
    begin(&server, &user).await;
    // An operator suspends the account meanwhile.
    let inactive = AttributeValue::Bool(false);
    server
        .set_account_attribute(&user.id, "is_active", inactive)
        .await;
    server.sweep().await;
    let farewells = farewells(&server).await;
    let [farewell] = &farewells[..] else {
        panic!("{farewells:?}");
    };
    let text = |name: &str| farewell[name].as_s().unwrap().as_str();
    assert_eq!(text("pk"), format!("DELETED#{}", user.id));
    assert_eq!(text("sk"), format!("MAIL#{}", text("id")));
    assert_eq!(text("user_id"), user.id);
    assert_eq!(text("to"), "Ada@Example.com");
    assert_eq!(text("kind"), "account-deleted");
    let in_a_week = server.now_seconds() + 7 * 24 * 60 * 60;
    assert_eq!(
        farewell["expires_at"].as_n().unwrap(),
        &in_a_week.to_string()
    );
}

#[tokio::test]
async fn no_notice_goes_where_mails_came_back_from_or_without_mail() {
    for (settings, undeliverable) in [(&MAIL[..], "a@example.com"), (&[], "none")] {
        let server = Server::with(settings).await;
        let user = server.sign_up("a@example.com").await;
        let address = AttributeValue::S(undeliverable.to_owned());
        server
            .set_account_attribute(&user.id, "undeliverable_email", address)
            .await;
        assert_eq!(delete(&server, &user).await.status, 200);
        assert_eq!(server.keys().await, Vec::<String>::new());
    }
}

/// An e-mail that changed after the call had read the account keeps its claim and its account.
#[tokio::test]
async fn a_deletion_of_an_account_whose_email_changed_meanwhile_is_a_conflict() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.traffic.inject(ConnectionFault::Held(BEGINNING));
    let (reply, ()) = tokio::join!(
        delete(&server, &user),
        server.traffic.run_while_held(BEGINNING, async {
            let changed = AttributeValue::S("b@example.com".to_owned());
            server
                .set_account_attribute(&user.id, "email_normal", changed)
                .await;
        }),
    );
    reply.assert_refused(409, "Conflict");
    assert!(!is_being_deleted(&server, &user).await);
    assert_eq!(server.sort_keys(&user.id, "SWEEP#").await.len(), 0);
}

/// The store does not answer one request for as long as the call waits.
#[tokio::test]
async fn a_deletion_that_takes_too_long_answers_202_and_goes_on_by_itself() {
    for held in [BEGINNING + 1, BEGINNING + 3] {
        let server = Server::with_call_timeout(&MAIL).await;
        let user = server.sign_up("a@example.com").await;
        server.traffic.inject(ConnectionFault::Held(held));
        let reply = delete_in_time(&server, &user).await;
        server.traffic.reset();
        assert_eq!(reply.status, 202, "{}", reply.text);
        assert_eq!(reply.body, json!({"status": 202, "success": true}));
        let cookie = reply.cookie().unwrap();
        assert!(cookie.starts_with("__Host-session=; Path=/; Max-Age=0;"));
        let login = server.log_in(&user.email, PASSWORD).await;
        login.assert_refused(401, "InvalidCredentials");
        assert_eq!(farewells(&server).await, []);
        let answer = server.call_sweeper(begun_deletion(&user.id)).await;
        assert_eq!(answer, success());
        assert_gone(&server, &user, "202").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_account_is_deleted_by_its_call_or_goes_on_without_it() {
    delete_large_account(6_000).await;
}

/// `cargo test -p product-tests -- auth::sweeping --ignored --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn an_account_with_sixty_thousand_items_goes_on_without_its_call() {
    assert_eq!(delete_large_account(60_000).await, 202);
}

/// Returns the status of the call.
#[expect(clippy::print_stdout, reason = "shown by `--nocapture` alone")]
async fn delete_large_account(count: usize) -> u16 {
    let server = Server::with_call_timeout(&MAIL).await;
    let user = server.sign_up("a@example.com").await;
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(25) {
        let text = |value: String| AttributeValue::S(value);
        let item = |n: &usize| {
            let pk = ("pk".to_owned(), text(format!("TASKS#{}", user.id)));
            let sk = ("sk".to_owned(), text(format!("TASK#{n:08}")));
            HashMap::from([pk, sk])
        };
        let items: Vec<Item> = batch.iter().map(item).collect();
        server.put_all(&items).await;
    }
    let clock = Clock::system();
    let began = clock.now();
    let reply = delete_in_time(&server, &user).await;
    let call = began.duration_until(clock.now());
    assert!([200, 202].contains(&reply.status), "{}", reply.text);
    let left = server.sort_keys(&user.id, "TASK#").await.len();
    assert!(reply.status == 202 || left == 0);
    let began = clock.now();
    let mut calls = 1;
    while server.call_sweeper(begun_deletion(&user.id)).await != success() {
        calls += 1;
    }
    let sweeps = began.duration_until(clock.now());
    println!(
        "{} after {call:?}, {left} of {count} left; {calls} calls of the sweeper took {sweeps:?}",
        reply.status
    );
    assert_gone(&server, &user, "a large account").await;
    reply.status
}
