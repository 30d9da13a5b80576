//! Sessions that a version without records opened, or another issuer.

use std::slice;

use serde_json::json;

use super::{Session, end, end_others, ids, list, listed, success};
use crate::harness::{SECRET, Server, User, sign, valid_claims};

async fn forget(server: &Server, user: &User, session_id: &str) {
    server
        .remove(&user.id, &format!("DEVICE#{session_id}"))
        .await;
}

#[tokio::test]
async fn the_current_session_is_listed_by_its_token_and_has_a_record_after_a_refresh() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    forget(&server, &user, &user.session_id).await;
    server.advance_seconds(60);
    let newer = Session::open(&server, &user).await;
    let items = listed(&server, &user.token).await;
    assert_eq!(items[0]["id"], newer.id.as_str());
    assert_eq!(
        items[1],
        json!({
            "id": user.session_id, "created_at": "2026-11-18T10:00:00.000Z",
            "last_used_at": "2026-11-18T10:00:00.000Z", "expires_at": "2026-11-25T10:00:00.000Z",
            "ip": null, "user_agent": null, "current": true,
        })
    );
    // Nobody else can tell that it is there.
    assert_eq!(ids(&server, &newer.token).await, slice::from_ref(&newer.id));
    let unknown = end(&server, &newer.token, &user.session_id).await;
    unknown.assert_refused(404, "NotFound");

    let refreshed = server.refresh(&user.token).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text);
    let items = listed(&server, &newer.token).await;
    assert_eq!(items[1]["id"], user.session_id.as_str());
    assert_eq!(items[1]["ip"], "127.0.0.1");
}

#[tokio::test]
async fn the_current_session_can_be_ended_by_its_id() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    forget(&server, &user, &user.session_id).await;
    let reply = end(&server, &user.token, &user.session_id).await;
    assert_eq!((reply.status, &reply.body), (200, &success()));
    assert!(reply.cookie().unwrap().contains("Max-Age=0"));
    let me = server.me(&user.token).await;
    me.assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn others_end_with_all_others() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let old = Session::open(&server, &user).await;
    for id in [&old.id, &user.session_id] {
        forget(&server, &user, id).await;
    }
    let kept = Session::of(&end_others(&server, &user.token).await);
    old.assert_dead(&server).await;
    assert_eq!(ids(&server, &kept.token).await, [user.session_id]);
}

#[tokio::test]
async fn a_session_of_another_issuer_is_listed_and_ended_as_every_other() {
    let server = Server::with(&[("ACCEPT_FOREIGN_TOKENS", "true")]).await;
    let user = server.sign_up("a@example.com").await;
    let mut claims = valid_claims(&server, &user.id);
    for ours in ["gen", "auth_time"] {
        claims.remove(ours);
    }
    claims.insert("sid".to_owned(), json!("theirs#1"));
    let theirs = sign(&json!(claims), SECRET);
    let items = listed(&server, &theirs).await;
    assert_eq!(items[0]["id"], user.session_id.as_str());
    assert_eq!(items[1]["id"], "theirs#1");
    assert_eq!(items[1]["last_used_at"], "2026-11-18T09:59:50.000Z");
    assert_eq!(items[1]["current"], true);

    // From its refresh on, everybody sees it. A `#` begins no path.
    assert_eq!(server.refresh(&theirs).await.status, 200);
    assert_eq!(ids(&server, &user.token).await.len(), 2);
    let reply = end(&server, &user.token, "theirs%231").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let ended = list(&server, &theirs).await;
    ended.assert_refused(401, "TokenRevoked");
    assert_eq!(ids(&server, &user.token).await, [user.session_id]);
}
