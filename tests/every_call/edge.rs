//! With `EDGE_SECRET`, only calls that came through the edge are answered, and the edge tells their
//! address.

use serde_json::{Value, json};

use crate::harness::{Call, PASSWORD, Reply, Server, User, secrets};

const EDGE_SECRET: &str = "only-the-edge-and-the-functions-know-this";

async fn server_with_edge(more: &[(&str, &str)]) -> Server {
    secrets::register(EDGE_SECRET);
    let settings: Vec<_> = [("EDGE_SECRET", EDGE_SECRET)]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    Server::with(&settings).await
}

fn through_edge(call: Call, viewer: &str) -> Call {
    call.header("x-edge-secret", EDGE_SECRET)
        .header("cloudfront-viewer-address", viewer)
}

async fn sign_up(server: &Server, email: &str, viewer: &str) -> Reply {
    let body = json!({"email": email, "password": PASSWORD});
    let call = server.post("/api/auth/signup").json(&body);
    through_edge(call, viewer).send().await
}

async fn logged_address(server: &Server, user: &User, viewer: &str) -> Value {
    let call = server.get("/api/auth/me/activity").bearer(&user.token);
    let reply = through_edge(call, viewer).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"][0]["ip"].clone()
}

#[tokio::test]
async fn calls_past_the_edge_are_refused_before_anything_else() {
    let server = server_with_edge(&[("ALLOWED_ORIGINS", "https://app.example.com")]).await;
    let longer = format!("{EDGE_SECRET}.");
    let shorter = &EDGE_SECRET[..EDGE_SECRET.len() - 1];
    let other = EDGE_SECRET.to_uppercase();
    for given in [None, Some(""), Some(&*longer), Some(shorter), Some(&*other)] {
        for (method, path) in [
            ("GET", "/api/auth/me"),
            ("POST", "/api/auth/login"),
            ("PUT", "/api/auth/login"),
            ("GET", "/api/nothing/here/at/all"),
            ("OPTIONS", "/api/auth/me"),
        ] {
            let mut call = server
                .call(method, path)
                .header("origin", "https://app.example.com")
                .header("access-control-request-method", "GET");
            if let Some(given) = given {
                call = call.header("x-edge-secret", given);
            }
            let reply = call.send().await;
            reply.assert_refused(403, "Forbidden");
            assert_eq!(
                reply.body["message"],
                "Call this API by its public address."
            );
        }
    }
    // CloudFront cannot send the first header.
    let call = server.get("/api/auth/me");
    let call = call.header("x-origin-secret", EDGE_SECRET);
    call.send().await.assert_refused(401, "TokenMissing");
    let call = server.get("/api/auth/me");
    let reply = through_edge(call, "203.0.113.7:443").send().await;
    reply.assert_refused(401, "TokenMissing");
    let call = server.get("/api/nothing/here/at/all");
    let reply = through_edge(call, "203.0.113.7:443").send().await;
    reply.assert_refused(404, "NotFound");
}

#[tokio::test]
async fn the_address_in_the_log_is_the_one_that_the_edge_tells() {
    let server = server_with_edge(&[]).await;
    for (n, (viewer, address)) in [
        ("203.0.113.7:46532", json!("203.0.113.7")),
        ("2001:db8::1:443", json!("2001:db8::1")),
        ("2001:db8:1:2:3:4:5:6:443", json!("2001:db8:1:2:3:4:5:6")),
        ("[2001:db8::1]:443", json!("2001:db8::1")),
        ("203.0.113.7", Value::Null),
        ("203.0.113.7:port", Value::Null),
        ("nowhere:443", Value::Null),
        ("", Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = sign_up(&server, &format!("user{n}@example.com"), viewer).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let user = User {
            id: String::new(),
            token: reply.token().to_owned(),
            email: String::new(),
            session_id: String::new(),
        };
        assert_eq!(
            logged_address(&server, &user, viewer).await,
            address,
            "{viewer}"
        );
    }
}

#[tokio::test]
async fn limits_count_the_address_that_the_edge_tells() {
    let server = server_with_edge(&[("SIGNUP_PER_ADDRESS_PER_HOUR", "1")]).await;
    for (n, (viewer, status)) in [
        ("203.0.113.7:1", 201),
        ("203.0.113.7:2", 429),
        ("203.0.113.8:1", 201),
        ("2001:db8::1:1", 201),
        ("2001:db8::2:1", 429),
        ("2001:db8:0:1::1:1", 201),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = sign_up(&server, &format!("user{n}@example.com"), viewer).await;
        assert_eq!(reply.status, status, "{viewer}: {}", reply.text);
    }
}

#[tokio::test]
async fn without_the_setting_both_headers_mean_nothing() {
    for settings in [vec![], vec![("EDGE_SECRET", "")]] {
        let server = Server::with(&settings).await;
        let reply = server.get("/api/auth/me").header("x-edge-secret", "wrong");
        reply.send().await.assert_refused(401, "TokenMissing");
        let reply = sign_up(&server, "a@example.com", "203.0.113.7:443").await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let call = server.get("/api/auth/me/activity").bearer(reply.token());
        let log = call.send().await;
        assert_eq!(log.body["items"][0]["ip"], "127.0.0.1");
    }
}
