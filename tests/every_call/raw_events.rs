//! Events that no HTTP library lets through get the usual answer or a complete error response, and
//! the function answers the next one.

use serde_json::{Value, json};

use crate::harness::{Reply, Server};

fn event() -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/api/auth/me",
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "x-forwarded-proto": "https"},
        "requestContext": {
            "domainName": "api.example.com",
            "http": {
                "method": "GET",
                "path": "/api/auth/me",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.10.1",
            },
            "requestId": "raw-event",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    })
}

fn event_with(pointer: &str, value: Value) -> Value {
    let mut event = event();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[name] = value;
    event
}

async fn send(server: &Server, event: Value) -> Reply {
    let reply = server.send_event("me", event).await;
    let next = server.send_event("me", self::event()).await;
    next.assert_refused(401, "TokenMissing");
    assert_eq!(next.header("x-request-id"), Some("raw-event"));
    reply
}

#[tokio::test]
async fn bent_parts_of_a_url_get_the_usual_answer() {
    let server = Server::start().await;
    for (pointer, value) in [
        ("/rawQueryString", "a=\"b\""),
        ("/rawQueryString", "a=<b>"),
        ("/rawQueryString", "a=b c"),
        ("/rawQueryString", "a=\u{e9}\n#?"),
        ("/rawQueryString", "%"),
        ("/headers/x-forwarded-proto", "http,https"),
        ("/headers/x-forwarded-proto", ""),
        ("/headers/x-forwarded-proto", "\u{e9}"),
        ("/headers/host", "h:99999"),
        ("/headers/host", "[[["),
        ("/headers/host", ""),
        ("/headers/host", "\u{e9}"),
        ("/requestContext/domainName", "a b"),
        ("/requestContext/stage", "# ?"),
        ("/requestContext/http/sourceIp", "nowhere"),
        ("/requestContext/requestId", "\u{e9} and a blank"),
        ("/cookies", "[]"),
    ] {
        let value = if value == "[]" {
            json!(["a\n", "\u{e9}"])
        } else {
            json!(value)
        };
        let reply = send(&server, event_with(pointer, value.clone())).await;
        assert_eq!(reply.status, 401, "{pointer} {value}: {}", reply.text);
        reply.assert_refused(401, "TokenMissing");
    }
}

#[tokio::test]
async fn a_path_of_odd_characters_is_not_found() {
    let server = Server::start().await;
    for path in [
        "",
        ":99999",
        "@x:99999/",
        "//[[",
        "/a b\"<>",
        "/\0",
        "/\u{fffd}",
    ] {
        let reply = send(&server, event_with("/rawPath", json!(path))).await;
        reply.assert_refused(404, "NotFound");
    }
}

#[tokio::test]
async fn query_parameters_are_read_as_written() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let mut event = event_with("/rawQueryString", json!("\"<q >=%C3%A9+%22&x=1"));
    event["headers"]["authorization"] = json!(format!("Bearer {}", user.token));
    let reply = send(&server, event).await;
    reply.assert_refused_fields(&["\"<q >", "x"]);
}

#[tokio::test]
async fn an_unreadable_event_is_a_bad_request() {
    let server = Server::start().await;
    let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
    let mut unreadable = vec![
        json!(null),
        json!(true),
        json!(7),
        json!("event"),
        json!([]),
        json!({}),
        json!({"Records": []}),
        json!({"version": "1.0", "httpMethod": "GET", "path": "/api/auth/me"}),
        serde_json::from_str(&deep).unwrap(),
    ];
    for (pointer, value) in [
        ("/rawPath", json!(7)),
        ("/rawQueryString", json!(["a"])),
        ("/headers", json!("host")),
        ("/headers/a\nb", json!("x")),
        ("/headers/x", json!("line\nbreak")),
        ("/cookies", json!("a=1")),
        ("/requestContext", json!(null)),
        ("/requestContext/http", json!({})),
        ("/requestContext/http/method", json!("G T")),
        ("/isBase64Encoded", json!("true")),
        ("/body", json!({})),
    ] {
        unreadable.push(event_with(pointer, value));
    }
    let mut undecodable = event_with("/isBase64Encoded", json!(true));
    undecodable["body"] = json!("%");
    unreadable.push(undecodable);
    for event in unreadable {
        let reply = send(&server, event).await;
        reply.assert_refused(400, "MalformedJson");
        assert_eq!(
            reply.body["message"],
            "This request cannot be read. Send it as an HTTP client does."
        );
    }
}
