//! The callers who get an export, and the failures of the store.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use super::{PATH, items, kinds, page, request_page};
use crate::harness::{ConnectionFault, PASSWORD, Server};

#[tokio::test]
async fn a_session_that_is_not_good_any_more_gets_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let logout = server.post("/api/auth/logout").bearer(other.token());
    assert_eq!(logout.send().await.status, 200);
    let ended = request_page(&server, other.token(), "").await;
    ended.assert_refused(401, "TokenRevoked");
    let suspend = |is_active: bool| {
        let value = AttributeValue::Bool(is_active);
        server.set_account_attribute(&user.id, "is_active", value)
    };
    suspend(false).await;
    let suspended = request_page(&server, &user.token, "").await;
    suspended.assert_refused(403, "AccountInactive");
    suspend(true).await;
    page(&server, &user.token, None).await;
    let deletion = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let deletion = deletion.json(&json!({"password": PASSWORD})).send().await;
    assert_eq!(deletion.status, 200);
    let gone = request_page(&server, &user.token, "").await;
    gone.assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn it_is_read_by_cookie_under_either_prefix_and_by_head() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let expected = page(&server, &user.token, None).await;
    for path in [PATH, "/api/v1/auth/me/export"] {
        let reply = server.get(path).cookie(&user.token).send().await;
        assert_eq!((reply.status, &reply.text), (200, &expected.text));
        let head = server.call("HEAD", path).bearer(&user.token).send().await;
        assert_eq!((head.status, &*head.text), (200, ""));
        let length = head.header("content-length");
        assert!(length.is_none_or(|length| length == expected.text.len().to_string()));
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_a_dead_store_is_503() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.create_task(&user, &json!({"title": "Milk"})).await;
    let expected = page(&server, &user.token, None).await;
    assert_eq!(
        kinds(items(&expected)),
        ["account", "session", "log", "task"]
    );
    for n in 0..4 {
        server.traffic.inject(ConnectionFault::ResponseLost(n));
        let reply = page(&server, &user.token, None).await;
        assert_eq!(reply.text, expected.text);
        assert_eq!(server.traffic.operations().len(), 5, "{n}");
        for fault in [ConnectionFault::LostFrom(n), ConnectionFault::LostAfter(n)] {
            server.traffic.inject(fault);
            let reply = request_page(&server, &user.token, "").await;
            reply.assert_refused(503, "Unavailable");
        }
    }
}
