//! Ids that are no ids.

use super::{PATH, Session, ids};
use crate::harness::Server;

#[tokio::test]
async fn an_id_that_no_session_can_have_is_404_and_ends_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let id = &other.id;
    let before = server.all_keys().await;
    for hostile in [
        "x".repeat(128),
        "x".repeat(129),
        "x".repeat(4_000),
        "%C3%A9".to_owned(),
        "\u{1F98A}".to_owned(),
        "%F0%9F%A6%8A".to_owned(),
        "%ff".to_owned(),
        "..".to_owned(),
        "%2e%2e".to_owned(),
        ".".to_owned(),
        format!("x%2F..%2F{id}"),
        format!("..%2Fsessions%2F{id}"),
        format!("{id}%2F"),
        format!("{id}/"),
        format!("{id}/{id}"),
        format!("/{id}"),
        "%00".to_owned(),
        format!("{id}%00"),
        format!("%00{id}"),
        format!("{id}%20"),
        format!("%20{id}"),
        format!("{id}%0A"),
        format!("{id}%0D%0Ax-injected:%201"),
        format!("DEVICE%23{id}"),
        "%7Bid%7D".to_owned(),
        "*".to_owned(),
        "%25".to_owned(),
        "%".to_owned(),
        "%zz".to_owned(),
        format!("'%20OR%20id='{id}"),
    ] {
        let path = format!("{PATH}/{hostile}");
        let reply = server
            .call("DELETE", &path)
            .bearer(&user.token)
            .send()
            .await;
        reply.assert_refused(404, "NotFound");
    }
    assert_eq!(server.all_keys().await, before);
    other.assert_alive(&server).await;
    assert_eq!(ids(&server, &user.token).await.len(), 2);
}

/// An encoded id is the id.
#[tokio::test]
async fn an_id_may_come_percent_encoded() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let encoded = other.id.replace('-', "%2D");
    let call = server.call("DELETE", &format!("{PATH}/{encoded}"));
    let reply = call.bearer(&user.token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    other.assert_dead(&server).await;
}
