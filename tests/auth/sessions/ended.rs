//! Nothing is listed after its end, however it ended. No item is removed here: the table does that
//! days late.

use std::slice;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::mail::LinkPurpose;

use super::{PATH, Session, ids, list};
use crate::harness::{PASSWORD, Server, User};

const NEW_PASSWORD: &str = "a much better password";

/// A user with a session besides the one of the sign-up.
async fn user_with_two(server: &Server) -> (User, Session) {
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(1);
    let other = Session::open(server, &user).await;
    assert_eq!(
        ids(server, &other.token).await,
        [other.id.clone(), user.session_id.clone()]
    );
    (user, other)
}

/// Its record, or the mark in its place, is still there.
async fn assert_item_is_there(server: &Server, user: &User, id: &str) {
    let key = format!("USER#{} DEVICE#{id}", user.id);
    assert!(server.all_keys().await.contains(&key), "{key}");
}

#[tokio::test]
async fn no_session_is_listed_after_its_logout() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    let logout = server.post("/api/auth/logout").bearer(&user.token);
    assert_eq!(logout.send().await.status, 200);
    assert_eq!(ids(&server, &other.token).await, [other.id]);
    assert_item_is_there(&server, &user, &user.session_id).await;
}

#[tokio::test]
async fn no_session_is_listed_after_a_logout_everywhere() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    let logout = server.post("/api/auth/logout").bearer(&user.token);
    let logout = logout.json(&json!({"everywhere": true}));
    assert_eq!(logout.send().await.status, 200);
    let new = Session::open(&server, &user).await;
    assert_eq!(ids(&server, &new.token).await, [new.id]);
    for id in [&user.session_id, &other.id] {
        assert_item_is_there(&server, &user, id).await;
    }
}

#[tokio::test]
async fn a_new_password_leaves_its_own_session_on_the_list() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    let passwords = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let change = server.post("/api/auth/me/password").bearer(&user.token);
    let changed = Session::of(&change.json(&passwords).send().await);
    assert_eq!(changed.id, user.session_id);
    assert_eq!(
        ids(&server, &changed.token).await,
        slice::from_ref(&user.session_id)
    );
    list(&server, &other.token)
        .await
        .assert_refused(401, "TokenRevoked");
    assert_item_is_there(&server, &user, &other.id).await;
    // The list goes on to tell the truth after a refresh.
    let refreshed = Session::of(&server.refresh(&changed.token).await);
    assert_eq!(ids(&server, &refreshed.token).await, [user.session_id]);
}

#[tokio::test]
async fn no_session_is_listed_after_a_reset_by_mail() {
    let server = Server::with_mail().await;
    let (user, _) = user_with_two(&server).await;
    let forgotten = json!({"email": user.email});
    let call = server.post("/api/auth/password/forgot").json(&forgotten);
    assert_eq!(call.send().await.status, 202);
    let purpose = LinkPurpose::ResetPassword;
    let link = server.link_token(&user.id, purpose).await;
    let reset = json!({"token": link.unwrap(), "new_password": NEW_PASSWORD});
    let call = server.post("/api/auth/password/reset").json(&reset);
    assert_eq!(call.send().await.status, 200);
    let new = Session::of(&server.log_in(&user.email, NEW_PASSWORD).await);
    assert_eq!(ids(&server, &new.token).await, [new.id]);
}

#[tokio::test]
async fn no_session_is_listed_after_a_token_of_it_was_used_too_late() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    assert_eq!(server.refresh(&user.token).await.status, 200);
    assert_eq!(ids(&server, &other.token).await.len(), 2);
    server.advance_seconds(30);
    // The list itself is such a use.
    let reused = list(&server, &user.token).await;
    reused.assert_refused(401, "TokenRevoked");
    assert_eq!(ids(&server, &other.token).await, [other.id]);
}

#[tokio::test]
async fn no_session_is_listed_after_a_suspension() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    let set = |name: &'static str, value| server.set_account_attribute(&user.id, name, value);
    set("is_active", AttributeValue::Bool(false)).await;
    set("session_generation", AttributeValue::N("1".to_owned())).await;
    let paths = [PATH.to_owned(), format!("{PATH}/{}", other.id)];
    for (method, path) in [("GET", 0), ("DELETE", 0), ("DELETE", 1)] {
        let call = server.call(method, &paths[path]).bearer(&user.token);
        call.send().await.assert_refused(403, "AccountInactive");
    }
    set("is_active", AttributeValue::Bool(true)).await;
    let new = Session::open(&server, &user).await;
    assert_eq!(ids(&server, &new.token).await, [new.id]);
}

#[tokio::test]
async fn a_session_is_listed_until_its_last_token_expires() {
    const LIFE: i64 = 7 * 86_400;
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    server.advance_seconds(LIFE - 10);
    let other = Session::of(&server.refresh(&other.token).await);
    // The sign-up was a second before the login.
    server.advance_seconds(8);
    assert_eq!(
        ids(&server, &other.token).await,
        [other.id.clone(), user.session_id.clone()]
    );
    server.advance_seconds(1);
    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenExpired");
    assert_eq!(ids(&server, &other.token).await, [other.id]);
    assert_item_is_there(&server, &user, &user.session_id).await;
}

#[tokio::test]
async fn a_deletion_takes_the_records_of_all_sessions_along() {
    let server = Server::start().await;
    let (user, other) = user_with_two(&server).await;
    let third = Session::open(&server, &user).await;
    super::end(&server, &third.token, &other.id).await;
    let delete = server.call("DELETE", "/api/auth/me").bearer(&third.token);
    let deleted = delete.json(&json!({"password": PASSWORD})).send().await;
    assert_eq!(deleted.status, 200, "{}", deleted.text);
    assert_eq!(server.keys().await, Vec::<String>::new());
    list(&server, &third.token)
        .await
        .assert_refused(401, "TokenRevoked");
}
