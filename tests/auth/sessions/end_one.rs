//! `DELETE me/sessions/{id}`.

use serde_json::{Value, json};

use super::{PATH, Session, end, ids, success};
use crate::harness::{Server, User};

const CLEARED: &str = "__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure";

async fn actions(server: &Server, token: &str) -> Vec<Value> {
    let log = server.get("/api/auth/me/activity").bearer(token);
    let log = log.send().await;
    let entries = log.body["items"].as_array().unwrap().iter();
    entries.map(|entry| entry["action"].clone()).collect()
}

#[tokio::test]
async fn a_session_that_another_ends_is_dead_at_once() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(1);
    let (lost, bystander) = (
        Session::open(&server, &user).await,
        Session::open(&server, &user).await,
    );
    server.advance_seconds(1);
    // A token within its 30 seconds is one of the session as well.
    let successor = Session::of(&server.refresh(&lost.token).await);
    server.advance_seconds(1);
    let reply = end(&server, &user.token, &lost.id).await;
    reply.assert_common_headers();
    assert_eq!((reply.status, &reply.body), (200, &success()));
    assert_eq!(reply.cookie(), None, "the session of this call goes on");

    lost.assert_dead(&server).await;
    successor.assert_dead(&server).await;
    bystander.assert_alive(&server).await;
    assert_eq!(
        ids(&server, &user.token).await,
        [bystander.id, user.session_id]
    );
    let expected = ["logout", "refresh", "login", "login", "signup"];
    assert_eq!(actions(&server, &user.token).await, expected);
}

#[tokio::test]
async fn a_session_stays_ended_until_its_last_token_expires() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let lost = Session::open(&server, &user).await;
    server.advance_seconds(6 * 86_400);
    let user = Session::of(&server.refresh(&user.token).await);
    let lost = Session::of(&server.refresh(&lost.token).await);
    assert_eq!(end(&server, &user.token, &lost.id).await.status, 200);
    server.advance_seconds(7 * 86_400 - 1);
    lost.assert_dead(&server).await;
    server.advance_seconds(1);
    let expired = server.me(&lost.token).await;
    expired.assert_refused(401, "TokenExpired");
}

#[tokio::test]
async fn the_session_of_the_call_is_ended_as_by_a_logout() {
    for by_cookie in [false, true] {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let other = Session::open(&server, &user).await;
        let call = server.call("DELETE", &format!("{PATH}/{}", user.session_id));
        let call = if by_cookie {
            call.cookie(&user.token)
        } else {
            call.bearer(&user.token)
        };
        let reply = call.send().await;
        assert_eq!((reply.status, &reply.body), (200, &success()));
        assert_eq!(reply.cookie(), Some(CLEARED));
        let me = server.me(&user.token).await;
        me.assert_refused(401, "TokenRevoked");
        other.assert_alive(&server).await;
        assert_eq!(ids(&server, &other.token).await, [other.id]);
    }
}

#[tokio::test]
async fn by_cookie_another_session_is_ended_and_the_cookie_stays() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let path = format!("/api/v1/auth/me/sessions/{}", other.id);
    let call = server.call("DELETE", &path).cookie(&user.token);
    let reply = call.send().await;
    assert_eq!((reply.status, reply.cookie()), (200, None));
    other.assert_dead(&server).await;
    assert_eq!(server.me(&user.token).await.status, 200);
}

/// The ids of sessions of a user that are not live, each for another reason.
async fn dead_sessions(server: &Server, user: &User) -> Vec<String> {
    let before = Session::open(server, user).await;
    let everywhere = server.post("/api/auth/logout").bearer(&before.token);
    let everywhere = everywhere.json(&json!({"everywhere": true}));
    assert_eq!(everywhere.send().await.status, 200);
    let expired = Session::open(server, user).await;
    server.advance_seconds(7 * 86_400);
    let logged_out = Session::open(server, user).await;
    let logout = server.post("/api/auth/logout").bearer(&logged_out.token);
    assert_eq!(logout.send().await.status, 200);
    vec![before.id, expired.id, logged_out.id]
}

#[tokio::test]
async fn a_session_that_is_no_live_one_of_the_callers_is_404_in_the_same_bytes() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut names = dead_sessions(&server, &user).await;
    let bob = server.sign_up("b@example.com").await;
    let caller = Session::open(&server, &user).await;
    let ended = Session::open(&server, &user).await;
    assert_eq!(end(&server, &caller.token, &ended.id).await.status, 200);
    names.extend([
        ended.id.clone(),
        ended.id.to_uppercase(),
        bob.session_id.clone(),
        user.id.clone(),
        "ACCOUNT".to_owned(),
    ]);
    let call = |id: &str| {
        let call = server.call("DELETE", &format!("{PATH}/{id}"));
        call.bearer(&caller.token)
    };
    let unknown = call("00000000-0000-4000-8000-000000000000");
    let unknown = server.trail(unknown).await;
    assert_eq!(unknown.operations, ["BatchGetItem"]);
    for id in names {
        let reply = call(&id).send().await;
        reply.assert_refused(404, "NotFound");
        assert_eq!(server.trail(call(&id)).await, unknown, "{id}");
    }
    assert_eq!(server.me(&bob.token).await.status, 200);
    caller.assert_alive(&server).await;
}

#[tokio::test]
async fn a_wrong_call_is_refused_before_404_and_after_401() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let path = format!("{PATH}/{}?everywhere=true", other.id);
    let call = || server.call("DELETE", &path);
    call().send().await.assert_refused(401, "TokenMissing");
    let reply = call().bearer(&user.token).send().await;
    reply.assert_refused_fields(&["everywhere"]);
    let call = server.call("DELETE", &format!("{PATH}/unknown"));
    let reply = call.bearer(&user.token).json(&json!({"all": true}));
    reply.send().await.assert_refused_fields(&["all"]);
    other.assert_alive(&server).await;
}

#[tokio::test]
async fn a_traded_in_token_may_end_a_session_for_30_seconds_and_ends_its_own_later() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let (first, second) = (
        Session::open(&server, &user).await,
        Session::open(&server, &user).await,
    );
    let successor = Session::of(&server.refresh(&user.token).await);
    server.advance_seconds(29);
    assert_eq!(end(&server, &user.token, &first.id).await.status, 200);
    server.advance_seconds(1);
    let late = end(&server, &user.token, &second.id).await;
    late.assert_refused(401, "TokenRevoked");
    successor.assert_dead(&server).await;
    second.assert_alive(&server).await;
    assert_eq!(ids(&server, &second.token).await, [second.id]);
}
