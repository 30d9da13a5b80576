use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[tokio::test]
async fn every_response_has_a_unique_request_id() {
    let server = Server::start().await;
    let first = server.get("/api/auth/me").send().await;
    let second = server.get("/api/auth/me").send().await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn same_site_is_configurable_and_the_cookie_expires_with_its_token() {
    for (setting, attribute) in [("Strict", "Strict"), ("None", "None"), ("", "Lax")] {
        let server = Server::with(&[
            ("COOKIE_SAME_SITE", setting),
            ("SESSION_TTL_SECONDS", "300"),
        ])
        .await;
        let body = json!({"email": "a@example.com", "password": PASSWORD});
        let reply = server.post("/api/auth/signup").json(&body).send().await;
        let attributes = reply.cookie().unwrap().split_once("; ").unwrap().1;
        let expected = format!("Path=/; Max-Age=300; HttpOnly; SameSite={attribute}; Secure");
        assert_eq!(attributes, expected);
        let token = reply.token().to_owned();
        server.advance_seconds(299);
        assert_eq!(server.me(&token).await.status, 200);
        server.advance_seconds(1);
        server.me(&token).await.assert_refused(401, "TokenExpired");
    }
}
