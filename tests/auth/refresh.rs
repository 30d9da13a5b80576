use serde_json::json;

use crate::harness::{PASSWORD, Reply, Server, User};

#[tokio::test]
async fn a_refresh_returns_a_new_token_of_the_same_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    server.advance_seconds(3600);
    let reply = server.refresh(&user.token).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    assert_ne!(reply.token(), user.token);
    let session = &reply.body["session"];
    assert_eq!(session["id"], user.session_id.as_str());
    assert_eq!(session["created_at"], "2026-11-18T10:00:00.000Z");
    assert_eq!(session["issued_at"], "2026-11-18T11:00:00.000Z");
    assert_eq!(session["expires_at"], "2026-11-25T11:00:00.000Z");
    assert_eq!(reply.body["user"]["id"], user.id.as_str());
    assert!(reply.body.get("redirect_to").is_none());
}

#[tokio::test]
async fn the_old_token_works_for_30_seconds_and_later_use_ends_the_session() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let first = server.refresh(&user.token).await;
    server.advance_seconds(29);
    assert_eq!(server.me(&user.token).await.status, 200);
    // A second refresh does not extend the grace period, and its new token is valid.
    let second = server.refresh(&user.token).await;
    assert_eq!(second.status, 200);
    assert_eq!(server.me(second.token()).await.status, 200);
    server.advance_seconds(1);
    server
        .me(&user.token)
        .await
        .assert_refused(401, "TokenRevoked");
    for token in [first.token(), second.token()] {
        server.me(token).await.assert_refused(401, "TokenRevoked");
        server
            .refresh(token)
            .await
            .assert_refused(401, "TokenRevoked");
    }
    assert_eq!(
        server.me(other.token()).await.status,
        200,
        "another session still works"
    );
}

#[tokio::test]
async fn any_use_after_the_grace_period_ends_the_session() {
    for path in ["refresh", "logout"] {
        let server = Server::start().await;
        let user = server.sign_up("a@example.com").await;
        let newer = server.refresh(&user.token).await;
        server.advance_seconds(30);
        server
            .post(&format!("/api/auth/{path}"))
            .bearer(&user.token)
            .send()
            .await;
        server
            .me(newer.token())
            .await
            .assert_refused(401, "TokenRevoked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_refreshes_each_return_a_valid_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let calls = (0..20).map(|_| server.refresh(&user.token));
    for reply in futures_util::future::join_all(calls).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(server.me(reply.token()).await.status, 200);
    }
}

#[tokio::test]
async fn a_session_ends_30_days_after_login_despite_refreshes() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut token = user.token.clone();
    for _ in 0..4 {
        server.advance_seconds(7 * 86_400 - 10);
        token = server.refresh(&token).await.token().to_owned();
    }
    server.advance_seconds(86_400);
    let last = server.refresh(&token).await;
    assert_eq!(
        last.body["session"]["expires_at"],
        "2026-12-18T10:00:00.000Z"
    );
    server.advance_seconds(86_400 + 39);
    assert_eq!(server.me(last.token()).await.status, 200);
    server.advance_seconds(1);
    server
        .me(last.token())
        .await
        .assert_refused(401, "TokenExpired");
    server
        .refresh(last.token())
        .await
        .assert_refused(401, "TokenExpired");
}

#[tokio::test]
async fn credentials_handling_overrides_the_transport_of_a_bearer() {
    let server = Server::start().await;
    let User { token, .. } = server.sign_up("a@example.com").await;
    let call = || server.post("/api/auth/refresh");
    let transports = |reply: Reply| {
        assert_eq!(reply.status, 200, "{}", reply.text);
        (
            reply.cookie().is_some(),
            reply.body["session"].get("token").is_some(),
        )
    };
    assert_eq!(
        transports(call().bearer(&token).send().await),
        (false, true)
    );
    assert_eq!(
        transports(call().cookie(&token).send().await),
        (true, false)
    );
    for (handling, expected) in [
        ("include", (true, true)),
        ("same-origin", (true, false)),
        ("omit", (false, true)),
    ] {
        let body = json!({"credentials_handling": handling});
        assert_eq!(
            transports(call().bearer(&token).json(&body).send().await),
            expected
        );
    }
}

#[tokio::test]
async fn a_token_from_the_cookie_is_handed_out_by_cookie_alone() {
    let server = Server::start().await;
    let User { token, .. } = server.sign_up("a@example.com").await;
    let paths = ["/api/auth/refresh", "/api/auth/me/password"];
    let bodies = [
        json!({}),
        json!({"current_password": PASSWORD, "new_password": "a much better password"}),
    ];
    for (path, body) in paths.into_iter().zip(bodies) {
        let call = |handling: &str| {
            let mut body = body.clone();
            body["credentials_handling"] = json!(handling);
            server.post(path).cookie(&token).json(&body)
        };
        for handling in ["include", "omit"] {
            let refused = call(handling).send().await;
            refused.assert_refused_fields(&["credentials_handling"]);
            let advice = &refused.body["detail"]["fields"]["credentials_handling"];
            assert!(advice.as_str().unwrap().contains("same-origin"), "{advice}");
            assert_eq!(refused.cookie(), None);
        }
        let reply = call("same-origin").send().await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert!(reply.cookie().is_some());
        assert!(reply.body["session"].get("token").is_none());
    }
}

#[tokio::test]
async fn a_refused_body_rotates_no_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let body = json!({"credentials_handling": "all", "more": 1});
    let reply = server
        .post("/api/auth/refresh")
        .bearer(&user.token)
        .json(&body)
        .send()
        .await;
    reply.assert_refused_fields(&["credentials_handling", "more"]);
    server.advance_seconds(3600);
    assert_eq!(server.me(&user.token).await.status, 200);
}
