//! Checks of the claims of a token, and their error codes.

use serde_json::{Value, json};

use crate::harness::{
    PASSWORD, PREVIOUS_SECRET, SECRET, Server, forge, sign, token_part, valid_claims,
};

/// Whether tokens of another issuer, without `gen`, are accepted.
const ACCEPT_FOREIGN_TOKENS: &str = "ACCEPT_FOREIGN_TOKENS";

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
async fn tokens_are_checked_for_their_claims() {
    let server = Server::start().await;
    let id = server.sign_up("a@example.com").await.id;
    let now = server.now_seconds();
    let absent = || Value::Null;
    let upper = id.to_uppercase();
    let bare = id.replace('-', "");
    let unknown_id = "00000000-0000-4000-8000-000000000000";
    let ok = "ok";
    let invalid = "TokenClaimsInvalid";
    // Null removes a claim.
    let cases: Vec<(&str, Value, &str)> = vec![
        ("as issued", json!({}), ok),
        ("only sub", json!({"user_id": absent()}), ok),
        ("only user_id", json!({"sub": absent()}), ok),
        (
            "only required claims",
            json!({"user_id": absent(), "email": absent(), "sid": absent(), "auth_time": absent()}),
            ok,
        ),
        ("no gen", json!({"gen": absent()}), invalid),
        (
            "unknown claims",
            json!({"iss": "elsewhere", "aud": ["x"], "scope": {"a": 1}}),
            ok,
        ),
        (
            "no identity",
            json!({"sub": absent(), "user_id": absent()}),
            invalid,
        ),
        ("two identities", json!({"user_id": unknown_id}), invalid),
        (
            "an identity in capitals",
            json!({"sub": upper, "user_id": upper}),
            invalid,
        ),
        (
            "an identity without hyphens",
            json!({"sub": bare, "user_id": absent()}),
            invalid,
        ),
        (
            "an identity in braces",
            json!({"sub": format!("{{{id}}}"), "user_id": absent()}),
            invalid,
        ),
        (
            "an identity that is not a string",
            json!({"sub": 7, "user_id": absent()}),
            invalid,
        ),
        (
            "an empty identity",
            json!({"sub": "", "user_id": ""}),
            invalid,
        ),
        ("no jti", json!({"jti": absent()}), invalid),
        ("a jti that is not a string", json!({"jti": 7}), invalid),
        ("an empty jti", json!({"jti": ""}), invalid),
        (
            "a jti of the maximum length",
            json!({"jti": "j".repeat(128)}),
            ok,
        ),
        (
            "a jti over the maximum length",
            json!({"jti": "j".repeat(129)}),
            invalid,
        ),
        ("a jti with a blank", json!({"jti": "a b"}), invalid),
        ("a sid that is not a string", json!({"sid": ["x"]}), invalid),
        ("no iat", json!({"iat": absent()}), invalid),
        ("no exp", json!({"exp": absent()}), invalid),
        ("iat as text", json!({"iat": "1795000000"}), invalid),
        ("exp as text", json!({"exp": "1795000000"}), invalid),
        (
            "exp with a fraction",
            json!({"exp": 1_795_000_600.5}),
            invalid,
        ),
        ("exp out of range", json!({"exp": u64::MAX}), invalid),
        ("exp before 1970", json!({"exp": -1}), invalid),
        ("exp as a list", json!({"exp": [now]}), invalid),
        ("nbf as text", json!({"nbf": "soon"}), invalid),
        ("auth_time as text", json!({"auth_time": "then"}), invalid),
        ("auth_time after iat", json!({"auth_time": now}), invalid),
        ("gen as text", json!({"gen": "0"}), invalid),
        ("gen below zero", json!({"gen": -1}), invalid),
        ("exp one second ahead", json!({"exp": now + 1}), ok),
        ("exp now", json!({"exp": now}), "TokenExpired"),
        ("exp in the past", json!({"exp": now - 5}), "TokenExpired"),
        ("iat after exp", json!({"exp": now - 11}), invalid),
        (
            "a lifetime of 30 days",
            json!({"iat": now, "auth_time": now, "exp": now + 2_592_000}),
            ok,
        ),
        (
            "a lifetime over 30 days",
            json!({"iat": now, "auth_time": now, "exp": now + 2_592_001}),
            invalid,
        ),
        ("iat 60 s ahead", json!({"iat": now + 60}), ok),
        (
            "iat 61 s ahead",
            json!({"iat": now + 61}),
            "TokenNotYetValid",
        ),
        ("nbf 60 s ahead", json!({"nbf": now + 60}), ok),
        (
            "nbf 61 s ahead",
            json!({"nbf": now + 61}),
            "TokenNotYetValid",
        ),
        (
            "a login 30 days ago",
            json!({"auth_time": now - 2_592_000}),
            "TokenExpired",
        ),
        (
            "a login almost 30 days ago",
            json!({"auth_time": now - 2_591_999}),
            ok,
        ),
        (
            "an unknown account",
            json!({"sub": unknown_id, "user_id": unknown_id}),
            "TokenRevoked",
        ),
        ("another generation", json!({"gen": 1}), "TokenRevoked"),
    ];
    for (name, changes, expected) in cases {
        let mut claims = valid_claims(&server, &id);
        for (claim, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.remove(claim);
            } else {
                claims.insert(claim.clone(), value.clone());
            }
        }
        let reply = server.me(&sign(&Value::Object(claims), SECRET)).await;
        if expected == ok {
            assert_eq!(reply.status, 200, "{name}: {}", reply.text);
        } else {
            assert_eq!(reply.code(), expected, "{name}: {}", reply.text);
            reply.assert_refused(401, expected);
        }
    }
}

#[tokio::test]
async fn a_token_without_gen_is_accepted_only_by_its_setting() {
    for (setting, is_accepted) in [("", false), ("false", false), ("true", true)] {
        let server = Server::with(&[(ACCEPT_FOREIGN_TOKENS, setting)]).await;
        let user = server.sign_up("a@example.com").await;
        let mut claims = valid_claims(&server, &user.id);
        for name in ["email", "user_id", "sid", "auth_time", "gen"] {
            claims.remove(name);
        }
        let token = sign(&Value::Object(claims), SECRET);
        let refresh = server.post("/api/auth/refresh").bearer(&token);
        for reply in [server.me(&token).await, refresh.send().await] {
            if is_accepted {
                assert_eq!(reply.status, 200, "{}", reply.text);
            } else {
                reply.assert_refused(401, "TokenClaimsInvalid");
            }
        }
        assert_eq!(server.me(&user.token).await.status, 200);
    }
}

#[tokio::test]
async fn a_token_without_gen_is_revoked_by_its_iat_after_a_logout_everywhere() {
    let server = Server::with(&[(ACCEPT_FOREIGN_TOKENS, "true")]).await;
    let user = server.sign_up("a@example.com").await;
    let token = |server: &Server, jti: &str| {
        let mut claims = valid_claims(server, &user.id);
        claims.remove("gen");
        claims.remove("sid");
        claims.insert("jti".to_owned(), json!(jti));
        claims.insert("iat".to_owned(), json!(server.now_seconds()));
        sign(&Value::Object(claims), SECRET)
    };
    let before = token(&server, "before");
    assert_eq!(server.me(&before).await.status, 200);
    let everywhere = json!({"everywhere": true});
    server
        .post("/api/auth/logout")
        .bearer(&before)
        .json(&everywhere)
        .send()
        .await;
    let same_second = token(&server, "same-second");
    server.advance_seconds(61);
    let after = token(&server, "after");
    server.me(&before).await.assert_refused(401, "TokenRevoked");
    server
        .me(&same_second)
        .await
        .assert_refused(401, "TokenRevoked");
    assert_eq!(server.me(&after).await.status, 200);
    // Without `sid`, `jti` is the session id.
    server.post("/api/auth/logout").bearer(&after).send().await;
    server.me(&after).await.assert_refused(401, "TokenRevoked");
}

#[tokio::test]
async fn tokens_of_the_previous_secret_still_work() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut old = valid_claims(&server, &user.id);
    old.insert("sid".to_owned(), json!(user.session_id));
    let old = sign(&Value::Object(old), PREVIOUS_SECRET);
    let reply = server.refresh(&old).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    // New tokens are signed with the new secret.
    let token = reply.token();
    assert_eq!(
        forge(&token_part(token, 0), &token_part(token, 1), SECRET),
        token
    );
}

#[tokio::test]
async fn a_token_has_the_documented_claims() {
    let server = Server::start().await;
    let user = server.sign_up("Ada@example.com").await;
    let payload: Value = serde_json::from_str(&token_part(&user.token, 1)).unwrap();
    let now = server.now_seconds();
    let expected = json!({
        "sub": user.id, "user_id": user.id, "email": "Ada@example.com", "iat": now,
        "exp": now + 604_800, "jti": payload["jti"], "sid": user.session_id, "auth_time": now,
        "gen": 0,
    });
    assert_eq!(payload, expected);
    assert_ne!(payload["jti"], payload["sid"]);
}

/// The clock of another issuer may be 60 s ahead, so a token from before the end of all sessions can have
/// a later `iat`.
#[tokio::test]
async fn a_token_without_gen_is_revoked_even_if_its_clock_is_ahead() {
    for path in ["/api/auth/logout", "/api/auth/me/password"] {
        let server = Server::with(&[(ACCEPT_FOREIGN_TOKENS, "true")]).await;
        let user = server.sign_up("a@example.com").await;
        let now = server.now_seconds();
        let issued_at = |iat: i64| {
            let mut claims = valid_claims(&server, &user.id);
            claims.remove("gen");
            claims.insert("iat".to_owned(), json!(iat));
            claims.insert("auth_time".to_owned(), json!(iat));
            sign(&Value::Object(claims), SECRET)
        };
        let ahead = issued_at(now + 60);
        assert_eq!(server.me(&ahead).await.status, 200);

        let body = json!({"everywhere": true});
        let change =
            json!({"current_password": PASSWORD, "new_password": "a much better password"});
        let body = if path.ends_with("logout") {
            body
        } else {
            change
        };
        let ended = server
            .post(path)
            .bearer(&user.token)
            .json(&body)
            .send()
            .await;
        assert_eq!(ended.status, 200, "{}", ended.text);

        server.me(&ahead).await.assert_refused(401, "TokenRevoked");
        let refreshed = server.refresh(&ahead).await;
        refreshed.assert_refused(401, "TokenRevoked");
        server.advance_seconds(1);
        let later = issued_at(now + 61);
        assert_eq!(server.me(&later).await.status, 200);
    }
}
