//! Concurrent calls with the time-outs of a deployment and without faults. Some calls time out with a 503, and
//! the state of the table is consistent with every response.

use futures_util::future::join_all;
use serde_json::json;

use super::{
    fixture::{EMAIL, Fixture, Setup},
    state::{FAILURES, State},
};
use crate::harness::{Call, PASSWORD, Reply, Server};

/// Checks the statuses and every 503. Returns a function that counts the responses with a status.
#[track_caller]
fn count_statuses(replies: &[Reply], documented: &[u16]) -> impl Fn(u16) -> i64 + use<> {
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    for reply in replies {
        assert!(documented.contains(&reply.status), "{}", reply.text);
        if reply.status == 503 {
            reply.assert_refused(503, "Unavailable");
            assert_eq!(reply.header("retry-after"), Some("1"));
        }
    }
    move |status| {
        let matching = statuses.iter().filter(|it| **it == status);
        i64::try_from(matching.count()).unwrap()
    }
}

/// Repeats the call until it is not a 503, as a client would. Returns the response and the number of tries.
async fn retry_while_unavailable(call: impl Fn() -> Call) -> (Reply, i64) {
    let mut tries = 0;
    loop {
        let reply = call().send().await;
        tries += 1;
        if reply.status != 503 {
            return (reply, tries);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_signups_with_timeouts_make_one_account() {
    let (server, proxy) = Server::with_timeouts(&[]).await;
    let body = json!({"email": EMAIL, "password": PASSWORD, "username": "ada"});
    let calls = (0..50).map(|_| server.post("/api/auth/signup").json(&body).send());
    let count = count_statuses(&join_all(calls).await, &[201, 409, 503]);
    proxy.wait_until_idle().await;
    assert!(count(201) <= 1, "{} sign-ups succeeded", count(201));
    if count(409) + count(201) == 0 {
        // All calls timed out, so the account may or may not exist.
        retry_while_unavailable(|| server.post("/api/auth/signup").json(&body)).await;
    }
    server.assert_claims_and_accounts_agree().await;
    let state = State::of(&server.items().await);
    assert_eq!(state.count("ACCOUNT"), 1);
    assert_eq!(state.count("logged signup true"), 1);
    let log_in = || {
        let body = json!({"email": EMAIL, "password": PASSWORD});
        server.post("/api/auth/login").json(&body)
    };
    assert_eq!(retry_while_unavailable(log_in).await.0.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_wrong_passwords_with_timeouts_stay_within_the_limit() {
    let (server, proxy) = Fixture::make(Setup::Account).await.server().await;
    let calls = (0..50).map(|_| server.log_in(EMAIL, "not the right one"));
    let count = count_statuses(&join_all(calls).await, &[401, 429, 503]);
    proxy.wait_until_idle().await;
    let state = State::of(&server.items().await);
    let (failures, logged) = (state.count(FAILURES), state.count("logged login false"));
    assert!((count(401)..=5).contains(&failures), "{failures}");
    assert!((count(401)..=failures).contains(&logged), "{logged}");
    assert!(count(401) + count(429) == 0 || failures > 0);
    assert_eq!(state.count("logged login true"), 0);
    assert_eq!(state.count("ACCOUNT"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_refreshes_with_timeouts_return_only_valid_tokens() {
    let fixture = Fixture::make(Setup::Account).await;
    let (server, proxy) = fixture.server().await;
    let refresh = || {
        let call = server.post("/api/auth/refresh");
        call.bearer(&fixture.user.token)
    };
    let replies = join_all((0..20).map(|_| refresh().send())).await;
    let count = count_statuses(&replies, &[200, 503]);
    proxy.wait_until_idle().await;
    for reply in replies.iter().filter(|reply| reply.status == 200) {
        let me = || server.get("/api/auth/me").bearer(reply.token());
        assert_eq!(retry_while_unavailable(me).await.0.status, 200);
    }
    let (last, more) = retry_while_unavailable(refresh).await;
    assert_eq!(last.status, 200, "{}", last.text);
    proxy.wait_until_idle().await;
    let state = State::of(&server.items().await);
    assert_eq!((state.count("ACCOUNT"), state.count("TOKEN")), (1, 1));
    let logged = state.count("logged refresh true");
    assert!((count(200) + 1..=20 + more).contains(&logged), "{logged}");
}
