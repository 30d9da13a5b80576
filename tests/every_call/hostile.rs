//! Hostile requests get a complete 4xx error response, and the server still answers the next request.

use serde_json::json;
use shared::{
    App, Context, Error,
    http::{Method, Request, Response, Router, service},
    native::NATIVE,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{PASSWORD, Server};

#[tokio::test]
async fn hostile_bodies_are_refused() {
    let server = Server::with_mail().await;
    let user = server.sign_up("a@example.com").await;
    let deeply_nested = format!("{{\"a\":{}", "[".repeat(60_000));
    let fields = (0..5_000).map(|n| (format!("k{n}"), json!(n)));
    let many_fields = serde_json::Value::Object(fields.collect()).to_string();
    let long_password = format!(
        "{{\"email\":\"a@example.com\",\"password\":\"{}\"}}",
        "p".repeat(60_000)
    );
    let combining_marks = format!(
        "{{\"email\":\"a@example.com\",\"password\":\"{}\"}}",
        "\u{301}".repeat(30_000)
    );
    let bodies: Vec<&[u8]> = vec![
        b" ",
        b"{",
        b"}",
        b"null",
        b"true",
        b"7",
        b"\"\"",
        b"[]",
        b"[{}]",
        b"{}{}",
        b"{} x",
        b"\0",
        b"\xff\xfe",
        b"{\"email\":\"\xff\"}",
        b"{\"email\":\"\\ud800\"}",
        b"{\"a\":1e999}",
        b"{\"email\":\"a@example.com\",\"email\":\"b@example.com\"}",
        b"{\"email\":{\"$ne\":null},\"password\":{\"$ne\":null}}",
        b"{\"email\":[\"a@example.com\"],\"password\":true}",
        b"{\"email\":null,\"password\":null}",
        b"{\"__proto__\":{\"admin\":true}}",
        b"\xef\xbb\xbf{}",
        b"{\"email\":\"a@example.com\\u0000\",\"password\":\"\\u0000\"}",
        deeply_nested.as_bytes(),
        many_fields.as_bytes(),
        long_password.as_bytes(),
        combining_marks.as_bytes(),
    ];
    for body in bodies {
        for (method, path) in [
            ("POST", "/api/auth/signup"),
            ("POST", "/api/auth/login"),
            ("POST", "/api/auth/refresh"),
            ("POST", "/api/auth/logout"),
            ("PATCH", "/api/auth/me"),
            ("DELETE", "/api/auth/me"),
            ("POST", "/api/auth/me/password"),
            ("POST", "/api/auth/email/verify"),
            ("POST", "/api/auth/email/resend"),
            ("POST", "/api/auth/me/email"),
            ("DELETE", "/api/auth/me/sessions"),
            ("DELETE", "/api/auth/me/sessions/unknown"),
            ("POST", "/api/auth/password/forgot"),
            ("POST", "/api/auth/password/reset"),
        ] {
            let call = server.call(method, path).bearer(&user.token).bytes(body);
            let reply = call.header("content-type", "application/json").send().await;
            assert!(
                (400..500).contains(&reply.status),
                "{method} {path} {}: {}",
                body.len(),
                reply.text
            );
            reply.assert_refused(reply.status, reply.code());
        }
    }
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn hostile_headers_and_cookies_are_refused() {
    let server = Server::start().await;
    let long = "x".repeat(8_000);
    for (name, value) in [
        ("authorization", "Bearer"),
        ("authorization", "Bearer \u{e9}"),
        ("authorization", "Bearer a b"),
        ("authorization", "Bearer a,Bearer b"),
        ("authorization", "Basic YTpi"),
        ("authorization", "\u{e9}"),
        ("cookie", "__Host-session=\u{e9}"),
        ("cookie", "__Host-session"),
        ("cookie", "=;=;;;"),
        ("cookie", "__Host-session=a; __Host-session=b"),
        ("cookie", "__Host-session=\"quoted\""),
        ("cookie", &long),
        ("x-forwarded-for", "'; DROP TABLE users"),
        ("x-forwarded-proto", "gopher://"),
        ("x-amzn-trace-id", "\u{e9}"),
        ("user-agent", "${jndi:ldap://x}"),
        ("host", "[[["),
        ("host", "a b"),
        ("origin", "\u{e9}"),
        ("content-type", "\u{e9}"),
    ] {
        let reply = server.get("/api/auth/me").header(name, value).send().await;
        reply.assert_refused(401, reply.code());
    }
    assert_eq!(
        server.get("/api/auth/me").send().await.code(),
        "TokenMissing"
    );
}

#[tokio::test]
async fn hostile_paths_and_queries_are_refused() {
    let server = Server::start().await;
    for path in [
        "/%00",
        "/%ff",
        "/..%2f..%2fetc/passwd",
        "/api/auth/%2e%2e/me",
        "/api/auth/me%00",
        "/api/auth/me%20",
        "/api/auth/ME",
        "/api/auth/me;x",
        "/%F0%9F%A6%8A",
        "/$default",
        "/%7Bproxy+%7D",
        "//api/auth/me",
        "/api/auth/me%2f",
    ] {
        server
            .get(path)
            .send()
            .await
            .assert_refused(404, "NotFound");
    }
    let user = server.sign_up("a@example.com").await;
    for query in [
        "?%00",
        "?%ff=%ff",
        "?a=1&a=2",
        "?&&&=",
        "?x[]=1",
        "?%3Cscript%3E",
        "?a%",
    ] {
        let reply = server
            .get(&format!("/api/auth/me{query}"))
            .bearer(&user.token)
            .send()
            .await;
        reply.assert_refused(422, "ValidationFailed");
        let export = server.get(&format!("/api/auth/me/export{query}"));
        let export = export.bearer(&user.token).send().await;
        export.assert_refused(422, "ValidationFailed");
    }
    assert_eq!(server.me(&user.token).await.status, 200);
}

#[tokio::test]
async fn invalid_http_does_not_end_the_process() {
    let server = Server::start().await;
    for bytes in [
        b"\0\0\0\0\r\n\r\n".as_slice(),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ] {
        let mut stream = TcpStream::connect(server.gateway).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(
            !answer.starts_with(b"HTTP/1.1 5"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    server
        .get("/api/auth/me")
        .send()
        .await
        .assert_refused(401, "TokenMissing");
}

#[tokio::test]
async fn a_panic_in_a_handler_returns_500_and_the_process_continues() {
    #[expect(clippy::unused_async, reason = "the type of a handler")]
    async fn panicking_handler(_: Context<'_>, _: &Request) -> Result<Response, Error> {
        panic!("a secret word in a panic");
    }
    let app = app_without_store();
    let router = Router::new(NATIVE).auth(
        "/me",
        &[(Method::GET, |context, request| {
            Box::pin(panicking_handler(context, request))
        })],
    );
    let server = Server::build(&[], shared::CookieNaming::Host, |functions| {
        functions.add("me", service(router, app));
    })
    .await;
    for _ in 0..2 {
        let reply = server.get("/api/auth/me").send().await;
        reply.assert_refused(500, "Internal");
        assert!(!reply.text.contains("secret word"));
    }
    let body = json!({"email": "a@example.com", "password": PASSWORD});
    assert_eq!(
        server
            .post("/api/auth/signup")
            .json(&body)
            .send()
            .await
            .status,
        201
    );
}

fn app_without_store() -> std::sync::Arc<App> {
    use shared::{
        Clock, Entropy, Settings,
        store::{Connection, Store},
    };
    let settings = Settings::read(|name| {
        (name == "BETTER_AUTH_SECRET").then(|| crate::harness::SECRET.to_owned())
    });
    let connection = Connection::to_local("http://127.0.0.1:9");
    let store = Store::new(&connection, "none", Entropy::system());
    let app = App::new(settings.unwrap(), store, Clock::system(), Entropy::system());
    std::sync::Arc::new(app)
}
