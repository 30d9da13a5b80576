//! `DELETE me/sessions`: all others end, and this one goes on with a new token.

use std::slice;

use serde_json::json;
use shared::mail::LinkPurpose;

use super::{PATH, Session, end_others, ids};
use crate::harness::{Server, token_part};

#[tokio::test]
async fn all_others_end_and_this_one_goes_on_with_a_new_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    let others = [
        Session::open(&server, &user).await,
        Session::open(&server, &user).await,
    ];
    server.advance_seconds(3600);
    let reply = end_others(&server, &user.token).await;
    reply.assert_common_headers();
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.cookie(), None);
    let mut names: Vec<&String> = reply.body.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["session", "status", "success", "user"]);
    assert_eq!(reply.body["user"]["id"], user.id.as_str());
    assert_eq!(
        reply.body["session"],
        json!({
            "id": user.session_id, "user_id": user.id,
            "created_at": "2026-11-18T10:00:00.000Z", "issued_at": "2026-11-18T11:00:00.000Z",
            "expires_at": "2026-11-25T11:00:00.000Z",
            "token": reply.token(), "token_type": "Bearer",
        })
    );

    let kept = Session::of(&reply);
    kept.assert_alive(&server).await;
    for other in &others {
        other.assert_dead(&server).await;
    }
    let old = server.me(&user.token).await;
    old.assert_refused(401, "TokenRevoked");
    assert_eq!(
        ids(&server, &kept.token).await,
        slice::from_ref(&user.session_id)
    );
    assert_eq!(server.me(&bob.token).await.status, 200);
    // It can be refreshed, and called again.
    let refreshed = Session::of(&server.refresh(&kept.token).await);
    let again = Session::of(&end_others(&server, &refreshed.token).await);
    assert_eq!(ids(&server, &again.token).await, slice::from_ref(&again.id));
    // Another session sees the record that the call wrote: no claims stand in for it.
    server.advance_seconds(1);
    let later = Session::open(&server, &user).await;
    assert_eq!(ids(&server, &later.token).await, [later.id, again.id]);
}

/// A thief of the token must not keep the owner's links void.
#[tokio::test]
async fn a_session_may_call_ten_times_an_hour() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut token = user.token.clone();
    for _ in 0..10 {
        token = end_others(&server, &token).await.token().to_owned();
    }
    let other = Session::open(&server, &user).await;
    let refused = end_others(&server, &token).await;
    refused.assert_refused(429, "TooManyRequests");
    assert!(refused.header("retry-after").is_some());
    other.assert_alive(&server).await;
    assert_eq!(end_others(&server, &other.token).await.status, 200);
    server.advance_seconds(3600);
    // A token of a session that has ended counts for nobody else.
    end_others(&server, &token)
        .await
        .assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn the_new_token_goes_the_way_the_old_one_came() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.call("DELETE", PATH).cookie(&user.token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.body["session"].get("token").is_none());
    assert!(!reply.text.contains("eyJ"));
    let cookie = reply.cookie().unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let expected = "Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(attributes, expected);
    let token = pair.strip_prefix("__Host-session=").unwrap().to_owned();
    assert_eq!(server.me(&token).await.status, 200);

    let call = |handling: &str| {
        let call = server.call("DELETE", "/api/v1/auth/me/sessions");
        call.json(&json!({"credentials_handling": handling}))
    };
    for handling in ["include", "omit"] {
        let refused = call(handling).cookie(&token).send().await;
        refused.assert_refused_fields(&["credentials_handling"]);
    }
    let mut token = token;
    for (handling, in_cookie) in [("include", true), ("omit", false)] {
        let reply = call(handling).bearer(&token).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.cookie().is_some(), in_cookie, "{handling}");
        token = reply.token().to_owned();
    }
    let reply = call("same-origin").bearer(&token).send().await;
    assert!(reply.cookie().is_some() && reply.body["session"].get("token").is_none());
}

#[tokio::test]
async fn a_wrong_call_ends_nothing() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let call = server.call("DELETE", &format!("{PATH}?id=x"));
    let call = call.bearer(&user.token);
    let body = json!({"credentials_handling": "all", "more": 1});
    let refused = call.json(&body).send().await;
    refused.assert_refused_fields(&["credentials_handling", "id", "more"]);
    let refused = server.call("DELETE", PATH).send().await;
    refused.assert_refused(401, "TokenMissing");
    other.assert_alive(&server).await;
    assert_eq!(server.me(&user.token).await.status, 200);
}

/// No password was given, so this is no new login.
#[tokio::test]
async fn the_30_days_of_the_session_do_not_begin_anew() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut token = user.token.clone();
    let auth_time = |token: &str| {
        let claims: serde_json::Value = serde_json::from_str(&token_part(token, 1)).unwrap();
        claims["auth_time"].clone()
    };
    for _ in 0..4 {
        server.advance_seconds(7 * 86_400 - 10);
        token = end_others(&server, &token).await.token().to_owned();
        assert_eq!(auth_time(&token), auth_time(&user.token));
    }
    server.advance_seconds(2 * 86_400 + 39);
    assert_eq!(ids(&server, &token).await, [user.session_id]);
    server.advance_seconds(1);
    let expired = server.me(&token).await;
    expired.assert_refused(401, "TokenExpired");
}

#[tokio::test]
async fn a_traded_in_token_may_call_for_30_seconds_and_ends_its_session_later() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = Session::open(&server, &user).await;
    let successor = Session::of(&server.refresh(&user.token).await);
    server.advance_seconds(29);
    let kept = Session::of(&end_others(&server, &user.token).await);
    successor.assert_dead(&server).await;
    other.assert_dead(&server).await;
    kept.assert_alive(&server).await;

    let other = Session::open(&server, &user).await;
    let successor = Session::of(&server.refresh(&kept.token).await);
    server.advance_seconds(30);
    let late = end_others(&server, &kept.token).await;
    late.assert_refused(401, "TokenRevoked");
    successor.assert_dead(&server).await;
    other.assert_alive(&server).await;
}

#[tokio::test]
async fn it_makes_mailed_links_void_as_a_logout_everywhere_does() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let purpose = LinkPurpose::VerifyEmail;
    let link = server.link_token(&user.id, purpose).await;
    assert_eq!(end_others(&server, &user.token).await.status, 200);
    let body = json!({"token": link.unwrap()});
    let verify = server.post("/api/auth/email/verify").json(&body);
    verify.send().await.assert_refused(400, "LinkInvalid");
}
