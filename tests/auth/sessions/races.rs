//! Sessions that change while they are listed or ended.

use std::slice;

use futures_util::future::join_all;
use serde_json::json;

use super::{Session, end, end_others, ids};
use crate::harness::{ConnectionFault, PASSWORD, Server};

/// Of a refresh: account, counter, transaction.
const REFRESH_WRITES: usize = 2;
/// Of the end of a session: account and record, transaction.
const END_WRITES: usize = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_at_the_moment_of_the_end_leaves_nothing_alive_and_nothing_listed() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for round in 0..40 {
        let lost = Session::open(&server, &user).await;
        let pause = std::time::Duration::from_micros(round * 150);
        let (refresh, ended) = tokio::join!(
            async {
                tokio::time::sleep(pause).await;
                server.refresh(&lost.token).await
            },
            end(&server, &user.token, &lost.id),
        );
        assert_eq!(ended.status, 200, "{}", ended.text);
        lost.assert_dead(&server).await;
        if refresh.status == 200 {
            Session::of(&refresh).assert_dead(&server).await;
        } else {
            refresh.assert_refused(401, "TokenRevoked");
        }
        assert_eq!(
            ids(&server, &user.token).await,
            slice::from_ref(&user.session_id)
        );
    }
}

/// The refresh has read a live session and is about to write.
#[tokio::test]
async fn a_refresh_that_is_slower_than_the_end_gets_no_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let lost = Session::open(&server, &user).await;
    server.traffic.inject(ConnectionFault::Held(REFRESH_WRITES));
    let (refresh, ()) = tokio::join!(
        server.refresh(&lost.token),
        server.traffic.run_while_held(REFRESH_WRITES, async {
            assert_eq!(end(&server, &user.token, &lost.id).await.status, 200);
        }),
    );
    refresh.assert_refused(401, "TokenRevoked");
    assert_eq!(ids(&server, &user.token).await, [user.session_id]);
}

/// The end has read the record of before the refresh and is about to write.
#[tokio::test]
async fn a_refresh_that_is_faster_than_the_end_gets_a_token_that_dies() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let lost = Session::open(&server, &user).await;
    server.traffic.inject(ConnectionFault::Held(END_WRITES));
    let (ended, ()) = tokio::join!(
        end(&server, &user.token, &lost.id),
        server.traffic.run_while_held(END_WRITES, async {
            assert_eq!(server.refresh(&lost.token).await.status, 200);
        }),
    );
    assert_eq!(ended.status, 200, "{}", ended.text);
    lost.assert_dead(&server).await;
    assert_eq!(ids(&server, &user.token).await, [user.session_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_end_all_others_at_once_one_wins() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for _ in 0..20 {
        let two = [
            Session::open(&server, &user).await,
            Session::open(&server, &user).await,
        ];
        let calls = two.each_ref();
        let replies = join_all(calls.map(|one| end_others(&server, &one.token))).await;
        let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
        let ([won], [lost]) = (&won[..], &lost[..]) else {
            panic!("{replies:?}");
        };
        lost.assert_refused(401, "TokenRevoked");
        let won = Session::of(won);
        won.assert_alive(&server).await;
        for one in &two {
            one.assert_dead(&server).await;
        }
        assert_eq!(ids(&server, &won.token).await, [won.id]);
    }
}

/// It has read a live session and is about to write.
#[tokio::test]
async fn a_session_that_is_ended_meanwhile_does_not_go_on_alone() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let lost = Session::open(&server, &user).await;
    server.traffic.inject(ConnectionFault::Held(END_WRITES));
    let (reply, ()) = tokio::join!(
        end_others(&server, &lost.token),
        server.traffic.run_while_held(END_WRITES, async {
            assert_eq!(end(&server, &user.token, &lost.id).await.status, 200);
        }),
    );
    reply.assert_refused(401, "TokenRevoked");
    assert_eq!(server.me(&user.token).await.status, 200);
    assert_eq!(ids(&server, &user.token).await, [user.session_id]);
}

/// A login that has its hash behind it carries the generation of before.
#[tokio::test]
async fn a_login_at_that_moment_ends_with_the_others() {
    const LOGIN_WRITES: usize = 4;
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut kept = String::new();
    server.traffic.inject(ConnectionFault::Held(LOGIN_WRITES));
    let (login, ()) = tokio::join!(
        Session::open(&server, &user),
        server.traffic.run_while_held(LOGIN_WRITES, async {
            let reply = end_others(&server, &user.token).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
            reply.token().clone_into(&mut kept);
        }),
    );
    login.assert_dead(&server).await;
    assert_eq!(ids(&server, &kept).await, [user.session_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_at_once_keep_one_record() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let replies = join_all((0..20).map(|_| server.refresh(&user.token))).await;
    for reply in &replies {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let records = server.sort_keys(&user.id, "DEVICE#").await;
    assert_eq!(records, [format!("DEVICE#{}", user.session_id)]);
    // Another session sees the record itself, which no claims stand in for.
    server.advance_seconds(1);
    let other = Session::open(&server, &user).await;
    let listed = ids(&server, &other.token).await;
    assert_eq!(listed, [other.id, user.session_id]);
}

/// The end has read the account, and then the session gets a token that lives longer than any before.
#[tokio::test]
async fn an_ended_session_stays_ended_whatever_it_got_at_that_moment() {
    const A_DAY: i64 = 86_400;
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut token = user.token.clone();
    for _ in 0..4 {
        server.advance_seconds(7 * A_DAY - 10);
        token = server.refresh(&token).await.token().to_owned();
    }
    let other = Session::open(&server, &user).await;
    let mut renewed = String::new();
    server.traffic.inject(ConnectionFault::Held(END_WRITES));
    let (ended, ()) = tokio::join!(
        end(&server, &other.token, &user.session_id),
        server.traffic.run_while_held(END_WRITES, async {
            let body = json!({"current_password": PASSWORD, "new_password": "seven quiet otters"});
            let change = server.post("/api/auth/me/password").bearer(&token);
            let reply = change.json(&body).send().await;
            reply.token().clone_into(&mut renewed);
        }),
    );
    assert_eq!(ended.status, 200, "{}", ended.text);
    server
        .me(&renewed)
        .await
        .assert_refused(401, "TokenRevoked");
    // The session would have ended by its age after two days.
    server.advance_seconds(3 * A_DAY);
    server
        .me(&renewed)
        .await
        .assert_refused(401, "TokenRevoked");
}
