use serde_json::{Value, json};
use shared::CookieNaming;

use crate::harness::{Call, MAIL, PASSWORD, Server};

const ALLOWED: &str = "https://app.example.com";
const FOREIGN: &str = "https://evil.example";

async fn server() -> Server {
    Server::with(&[
        MAIL[0],
        MAIL[1],
        ("ALLOWED_ORIGINS", ALLOWED),
        ("LINKS_PER_ACCOUNT_PER_HOUR", "1000"),
    ])
    .await
}

fn headers(call: Call, pairs: &[(&str, &str)]) -> Call {
    pairs
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value))
}

/// Combinations of the two headers, and whether each is accepted.
fn header_combinations() -> Vec<(Vec<(&'static str, &'static str)>, bool)> {
    let site = |value| ("sec-fetch-site", value);
    let origin = |value| ("origin", value);
    vec![
        (vec![], true),
        (vec![site("same-origin")], true),
        (vec![site("none")], true),
        (vec![site("same-origin"), origin(FOREIGN)], true),
        (vec![site("same-site")], false),
        (vec![site("cross-site")], false),
        (vec![site("anything")], false),
        (vec![site("cross-site"), origin(ALLOWED)], true),
        (vec![site("same-site"), origin(ALLOWED)], true),
        (vec![site("cross-site"), origin(FOREIGN)], false),
        (vec![site("cross-site"), origin("null")], false),
        (vec![origin(ALLOWED)], true),
        (vec![origin(FOREIGN)], false),
        (vec![origin("null")], false),
        (vec![origin("https://api.example")], true),
        (vec![origin("http://api.example")], false),
        (vec![origin("https://api.example:8443")], false),
        (vec![origin("https://api.example.evil.example")], false),
        (vec![origin("https://app.example.com.evil.example")], false),
    ]
}

#[tokio::test]
async fn open_calls_check_the_origin_even_without_a_cookie() {
    let server = server().await;
    server.sign_up("a@example.com").await;
    let body = json!({"email": "a@example.com", "password": PASSWORD});
    let link = json!({"token": "nonsense"});
    let forgotten = json!({"email": "a@example.com"});
    let reset = json!({"token": "nonsense", "new_password": "a much better password"});
    for (pairs, is_accepted) in header_combinations() {
        for (path, body, good) in [
            ("/api/auth/login", &body, 200),
            ("/api/auth/signup", &body, 409),
            ("/api/auth/email/verify", &link, 400),
            ("/api/auth/password/forgot", &forgotten, 202),
            ("/api/auth/password/reset", &reset, 400),
        ] {
            let call = server.post(path).header("host", "api.example").json(body);
            let reply = headers(call, &pairs).send().await;
            if is_accepted {
                assert_eq!(reply.status, good, "{path} {pairs:?}: {}", reply.text);
            } else {
                reply.assert_refused(403, "ForeignOrigin");
            }
        }
    }
}

#[tokio::test]
async fn writes_check_the_origin_with_a_cookie_and_not_with_a_bearer_token() {
    let server = server().await;
    let user = server.sign_up("a@example.com").await;
    let call = || {
        server
            .call("PATCH", "/api/auth/me")
            .header("host", "api.example")
            .json(&json!({}))
    };
    for (pairs, is_accepted) in header_combinations() {
        let reply = headers(call().cookie(&user.token), &pairs).send().await;
        if is_accepted {
            assert_eq!(reply.status, 200, "{pairs:?}: {}", reply.text);
        } else {
            reply.assert_refused(403, "ForeignOrigin");
        }
        let bearer = call()
            .bearer(&user.token)
            .cookie("x")
            .header("cookie", "__Host-session=y");
        assert_eq!(
            headers(bearer, &pairs).send().await.status,
            200,
            "{pairs:?}"
        );
        let read = server.get("/api/auth/me").cookie(&user.token);
        assert_eq!(headers(read, &pairs).send().await.status, 200, "{pairs:?}");
    }
}

#[tokio::test]
async fn every_write_with_a_cookie_checks_the_origin() {
    let server = server().await;
    let user = server.sign_up("a@example.com").await;
    let password = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    let own_session = format!("/api/auth/me/sessions/{}", user.session_id);
    for (method, path, body) in [
        ("POST", "/api/auth/refresh", Value::Null),
        ("POST", "/api/auth/logout", Value::Null),
        ("POST", "/api/auth/logout", json!({"everywhere": true})),
        ("DELETE", "/api/auth/me", json!({"password": PASSWORD})),
        ("POST", "/api/auth/me/password", password),
        ("POST", "/api/auth/email/resend", Value::Null),
        (
            "POST",
            "/api/auth/me/email",
            json!({"new_email": "b@example.com", "password": PASSWORD}),
        ),
        ("DELETE", "/api/auth/me/sessions", Value::Null),
        ("DELETE", &*own_session, Value::Null),
        ("DELETE", "/api/auth/me/sessions/unknown", Value::Null),
    ] {
        let call = server
            .call(method, path)
            .cookie(&user.token)
            .header("origin", FOREIGN);
        let call = if body.is_null() {
            call
        } else {
            call.json(&body)
        };
        call.send().await.assert_refused(403, "ForeignOrigin");
    }
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn a_logout_without_a_bearer_checks_the_origin_whether_or_not_it_has_a_session() {
    let server = server().await;
    let user = server.sign_up("a@example.com").await;
    let call = || {
        let call = server.post("/api/auth/logout");
        call.header("host", "api.example")
    };
    for (pairs, is_accepted) in header_combinations() {
        for logout in [call(), call().cookie("nonsense")] {
            let reply = headers(logout, &pairs).send().await;
            if is_accepted {
                assert_eq!(reply.status, 200, "{pairs:?}: {}", reply.text);
                assert!(reply.cookie().is_some());
            } else {
                reply.assert_refused(403, "ForeignOrigin");
                assert_eq!(reply.cookie(), None, "a foreign page clears the cookie");
            }
        }
        let bearer = call().bearer("nonsense").cookie(&user.token);
        let reply = headers(bearer, &pairs).send().await;
        assert_eq!(reply.status, 200, "{pairs:?}: {}", reply.text);
    }
    // The origin comes before the body.
    let logout = call().header("origin", FOREIGN).bytes(b"{}");
    logout.send().await.assert_refused(403, "ForeignOrigin");
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn only_an_allowed_origin_gets_cors_headers() {
    let server = server().await;
    for (origin, is_allowed) in [
        (Some(ALLOWED), true),
        (Some(FOREIGN), false),
        (Some("null"), false),
        (None, false),
    ] {
        let call = server.get("/api/auth/me");
        let call = match origin {
            Some(origin) => call.header("origin", origin),
            None => call,
        };
        let reply = call.send().await;
        assert_eq!(reply.header("vary"), Some("Origin"));
        let allowed: Vec<_> = reply
            .headers
            .keys()
            .filter(|name| name.as_str().starts_with("access-control"))
            .collect();
        if is_allowed {
            assert_eq!(reply.header("access-control-allow-origin"), Some(ALLOWED));
            assert_eq!(
                reply.header("access-control-allow-credentials"),
                Some("true")
            );
        } else {
            assert!(allowed.is_empty(), "{allowed:?}");
        }
    }
}

#[tokio::test]
async fn only_an_allowed_origin_gets_a_preflight_response() {
    let server = server().await;
    let preflight = |origin: &str| {
        server
            .call("OPTIONS", "/api/auth/me")
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
    };
    let reply = preflight(ALLOWED).send().await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(reply.header("access-control-allow-origin"), Some(ALLOWED));
    assert_eq!(
        reply.header("access-control-allow-methods"),
        Some("GET, PATCH, DELETE, HEAD")
    );
    assert!(
        reply
            .header("access-control-allow-headers")
            .unwrap()
            .contains("authorization")
    );
    let refused = preflight(FOREIGN).send().await;
    refused.assert_refused(405, "MethodNotAllowed");
    assert!(refused.header("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn without_allowed_origins_there_are_no_cors_headers() {
    let server = Server::start().await;
    let reply = server
        .get("/api/auth/me")
        .header("origin", ALLOWED)
        .send()
        .await;
    assert!(reply.header("vary").is_none());
    assert!(reply.header("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn the_local_server_accepts_its_own_http_origin() {
    let server = Server::build(&[], CookieNaming::Local, |_| {}).await;
    let body = json!({"email": "a@example.com", "password": PASSWORD});
    let own = format!("http://{}", server.gateway);
    let reply = server
        .post("/api/auth/signup")
        .header("origin", &own)
        .json(&body)
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let token = reply.token();
    assert_eq!(
        reply.cookie().unwrap(),
        format!("session={token}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax")
    );
    let by_cookie = server
        .get("/api/auth/me")
        .header("cookie", &format!("session={token}"));
    assert_eq!(by_cookie.send().await.status, 200);
}
