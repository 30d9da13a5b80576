use crate::harness::Server;

#[tokio::test]
async fn an_unsupported_method_is_refused_with_an_allow_header() {
    let server = Server::with_mail().await;
    for (path, allow) in [
        ("/signup", "POST"),
        ("/login", "POST"),
        ("/logout", "POST"),
        ("/refresh", "POST"),
        ("/me", "GET, PATCH, DELETE, HEAD"),
        ("/me/export", "GET, HEAD"),
        ("/me/password", "POST"),
        ("/email/verify", "POST"),
        ("/email/resend", "POST"),
        ("/me/email", "POST"),
        ("/me/sessions", "GET, DELETE, HEAD"),
        (
            "/me/sessions/8858781d-e02d-4ce6-9b8d-a4d6fb230b21",
            "DELETE",
        ),
        ("/password/forgot", "POST"),
        ("/password/reset", "POST"),
    ] {
        for prefix in ["/api/auth", "/api/v1/auth"] {
            let path = format!("{prefix}{path}");
            let allowed: Vec<&str> = allow.split(", ").collect();
            for method in [
                "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
            ] {
                let reply = server.call(method, &path).send().await;
                if allowed.contains(&method) {
                    assert_ne!(reply.status, 405, "{method} {path}");
                    assert_ne!(reply.status, 404, "{method} {path}");
                } else {
                    assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
                    if method != "HEAD" {
                        reply.assert_refused(405, "MethodNotAllowed");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let server = Server::start().await;
    for path in [
        "/",
        "/api",
        "/api/auth",
        "/api/auth/",
        "/api/auth/me/",
        "/api/auth/me/sessions/",
        "/api/auth/me/sessions/a/b",
        "/api/v2/auth/me",
        "/api//auth/me",
    ] {
        server
            .get(path)
            .send()
            .await
            .assert_refused(404, "NotFound");
    }
}

#[tokio::test]
async fn checks_run_in_the_documented_order() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let large = vec![b'x'; 65_537];
    let foreign = |call: crate::harness::Call| call.header("sec-fetch-site", "cross-site");

    // Without authentication: 405, 403 origin, 413, 415, 400, 422.
    let call = || server.post("/api/auth/login");
    foreign(server.call("PUT", "/api/auth/login"))
        .send()
        .await
        .assert_refused(405, "MethodNotAllowed");
    foreign(call())
        .bytes(&large)
        .send()
        .await
        .assert_refused(403, "ForeignOrigin");
    call()
        .bytes(&large)
        .send()
        .await
        .assert_refused(413, "PayloadTooLarge");
    call()
        .bytes(b"{")
        .send()
        .await
        .assert_refused(415, "UnsupportedMediaType");
    let json = || call().header("content-type", "application/json");
    json()
        .bytes(b"{")
        .send()
        .await
        .assert_refused(400, "MalformedJson");
    json()
        .bytes(b"[]")
        .send()
        .await
        .assert_refused_fields(&["body"]);

    // With authentication: 405, 401, 403 origin, 413, 415, 400, 422.
    let call = || server.call("PATCH", "/api/auth/me");
    foreign(server.call("PUT", "/api/auth/me"))
        .cookie("x")
        .send()
        .await
        .assert_refused(405, "MethodNotAllowed");
    foreign(call())
        .cookie("x")
        .bytes(&large)
        .send()
        .await
        .assert_refused(401, "TokenMalformed");
    foreign(call())
        .cookie(&user.token)
        .bytes(&large)
        .send()
        .await
        .assert_refused(403, "ForeignOrigin");
    let call = || server.call("PATCH", "/api/auth/me").cookie(&user.token);
    call()
        .bytes(&large)
        .send()
        .await
        .assert_refused(413, "PayloadTooLarge");
    call()
        .bytes(b"{")
        .send()
        .await
        .assert_refused(415, "UnsupportedMediaType");
    let json = || call().header("content-type", "application/json");
    json()
        .bytes(b"{")
        .send()
        .await
        .assert_refused(400, "MalformedJson");
    json()
        .bytes(b"{\"x\":1}")
        .send()
        .await
        .assert_refused_fields(&["x"]);
}
