//! Many calls at once with every bound on time as it is deployed, and no fault: what is not done in time is
//! told as such, and what is left is right either way.

use futures_util::future::join_all;
use serde_json::json;

use super::{
    fixture::{EMAIL, Fixture, Setup},
    state::{FAILURES, State},
};
use crate::harness::{Call, PASSWORD, Reply, Server};

/// How many were answered by each status; every 503 as documented.
#[track_caller]
fn told(replies: &[Reply], documented: &[u16]) -> impl Fn(u16) -> i64 + use<> {
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    for reply in replies {
        assert!(documented.contains(&reply.status), "{}", reply.text);
        if reply.status == 503 {
            reply.assert_refused(503, "Unavailable");
            assert_eq!(reply.header("retry-after"), Some("1"));
        }
    }
    move |status| {
        let those = statuses.iter().filter(|it| **it == status);
        i64::try_from(those.count()).unwrap()
    }
}

/// Again while it is told to come again, as a client would; and how often that was.
async fn at_last(call: impl Fn() -> Call) -> (Reply, i64) {
    let mut times = 0;
    loop {
        let reply = call().send().await;
        times += 1;
        if reply.status != 503 {
            return (reply, times);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_50_signups_at_once_within_the_bounds_there_is_one_account() {
    let (server, proxy) = Server::with_timeouts(&[]).await;
    let body = json!({"email": EMAIL, "password": PASSWORD, "username": "ada"});
    let calls = (0..50).map(|_| server.post("/api/auth/signup").json(&body).send());
    let told = told(&join_all(calls).await, &[201, 409, 503]);
    proxy.wait_until_idle().await;
    assert!(told(201) <= 1, "{} won", told(201));
    if told(409) + told(201) == 0 {
        // All were too late; the account may be there or not.
        at_last(|| server.post("/api/auth/signup").json(&body)).await;
    }
    server.assert_claims_and_accounts_agree().await;
    let state = State::of(&server.items().await);
    assert_eq!(state.count("ACCOUNT"), 1);
    assert_eq!(state.count("logged signup true"), 1);
    let log_in = || {
        let body = json!({"email": EMAIL, "password": PASSWORD});
        server.post("/api/auth/login").json(&body)
    };
    assert_eq!(at_last(log_in).await.0.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_50_wrong_passwords_at_once_within_the_bounds_no_more_than_allowed_are_looked_at() {
    let (server, proxy) = Fixture::make(Setup::Account).await.server().await;
    let calls = (0..50).map(|_| server.log_in(EMAIL, "not the right one"));
    let told = told(&join_all(calls).await, &[401, 429, 503]);
    proxy.wait_until_idle().await;
    let state = State::of(&server.items().await);
    let (failures, logged) = (state.count(FAILURES), state.count("logged login false"));
    assert!((told(401)..=5).contains(&failures), "{failures}");
    assert!((told(401)..=failures).contains(&logged), "{logged}");
    assert!(told(401) + told(429) == 0 || failures > 0);
    assert_eq!(state.count("logged login true"), 0);
    assert_eq!(state.count("ACCOUNT"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_20_refreshes_at_once_within_the_bounds_every_token_told_is_good() {
    let fixture = Fixture::make(Setup::Account).await;
    let (server, proxy) = fixture.server().await;
    let refresh = || {
        let call = server.post("/api/auth/refresh");
        call.bearer(&fixture.user.token)
    };
    let replies = join_all((0..20).map(|_| refresh().send())).await;
    let told = told(&replies, &[200, 503]);
    proxy.wait_until_idle().await;
    for reply in replies.iter().filter(|reply| reply.status == 200) {
        let me = || server.get("/api/auth/me").bearer(reply.token());
        assert_eq!(at_last(me).await.0.status, 200);
    }
    let (last, more) = at_last(refresh).await;
    assert_eq!(last.status, 200, "{}", last.text);
    proxy.wait_until_idle().await;
    let state = State::of(&server.items().await);
    assert_eq!((state.count("ACCOUNT"), state.count("TOKEN")), (1, 1));
    let logged = state.count("logged refresh true");
    assert!((told(200) + 1..=20 + more).contains(&logged), "{logged}");
}
