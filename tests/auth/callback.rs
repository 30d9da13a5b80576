use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[tokio::test]
async fn a_valid_callback_is_returned_and_never_redirects() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    for (callback, redirect) in [
        (json!(null), "/dashboard"),
        (json!("/"), "/"),
        (json!("/tasks?next=/x#top"), "/tasks?next=/x#top"),
        (json!("/caf\u{e9}"), "/caf\u{e9}"),
    ] {
        let body = json!({
            "email": "a@example.com", "password": PASSWORD, "callback_url": callback,
        });
        let reply = server.post("/api/auth/login").json(&body).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.body["redirect_to"], redirect);
        assert!(reply.header("location").is_none());
    }
}

#[tokio::test]
async fn an_invalid_callback_is_refused_before_the_credentials_are_checked() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    for callback in [
        json!("//evil.example"),
        json!("/\\evil.example"),
        json!("https://evil.example"),
        json!("/%2f/evil.example"),
        json!("/%5cevil.example"),
        json!("/a%0d%0aset-cookie:x"),
        json!("/\t/evil.example"),
        json!("/%C2%85"),
        json!("/%zz"),
        json!("dashboard"),
        json!(""),
        json!(7),
        json!(["/a"]),
    ] {
        server.traffic.reset();
        let body = json!({
            "email": "a@example.com", "password": "not the password", "callback_url": callback,
        });
        let reply = server.post("/api/auth/login").json(&body).send().await;
        reply.assert_refused_fields(&["callback_url"]);
        assert!(server.traffic.operations().is_empty());
    }
}
