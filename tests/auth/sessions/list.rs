//! The entries of the list: the fields of a live session.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::{PATH, Session, ids, list, listed, text};
use crate::harness::{Call, Item, PASSWORD, Reply, Server, secrets};

const EDGE_SECRET: &str = "the-edge-that-tells-addresses-of-devices";
const LAPTOP: (&str, &str) = ("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64)");
const PHONE: (&str, &str) = ("2001:db8::7", "Mozilla/5.0 (Android 16)");
const TRAIN: (&str, &str) = ("198.51.100.9", "Mozilla/5.0 (Android 17)");

/// A server that the edge tells the addresses of devices.
async fn server() -> Server {
    secrets::register(EDGE_SECRET);
    Server::with(&[("EDGE_SECRET", EDGE_SECRET)]).await
}

async fn send_from((address, user_agent): (&str, &str), call: Call) -> Reply {
    let viewer = if address.contains(':') {
        format!("[{address}]:443")
    } else {
        format!("{address}:443")
    };
    let call = call.header("cloudfront-viewer-address", &viewer);
    let call = call.header("x-edge-secret", EDGE_SECRET);
    call.header("user-agent", user_agent).send().await
}

async fn open(server: &Server, device: (&str, &str), path: &str) -> Session {
    let body = json!({"email": "a@example.com", "password": PASSWORD});
    let reply = send_from(device, server.post(path).json(&body)).await;
    assert!(reply.status < 300, "{}", reply.text);
    Session::of(&reply)
}

fn entry(id: &str, (ip, user_agent): (&str, &str), times: [&str; 3], current: bool) -> Value {
    let [created_at, last_used_at, expires_at] = times;
    json!({
        "id": id, "created_at": created_at, "last_used_at": last_used_at, "expires_at": expires_at,
        "ip": ip, "user_agent": user_agent, "current": current,
    })
}

#[tokio::test]
async fn sessions_of_two_devices_are_listed_newest_first_with_what_they_are() {
    let server = server().await;
    let first = open(&server, LAPTOP, "/api/auth/signup").await;
    server.advance_seconds(60);
    let second = open(&server, PHONE, "/api/auth/login").await;
    server.advance_seconds(60);
    let third = open(&server, LAPTOP, "/api/auth/login").await;
    server.advance_seconds(60);

    let reply = send_from(PHONE, server.get(PATH).bearer(&second.token)).await;
    reply.assert_common_headers();
    let times = |minute| {
        let time = |day, minute, millis| format!("2026-11-{day}T10:0{minute}:00.{millis}Z");
        [
            time(18, minute, "000"),
            time(18, minute, "123"),
            time(25, minute, "000"),
        ]
    };
    let expected = |session: &Session, device, minute| {
        let times = times(minute);
        let times = times.each_ref().map(String::as_str);
        entry(&session.id, device, times, session.id == second.id)
    };
    assert_eq!(
        (reply.status, &reply.body),
        (
            200,
            &json!({"items": [
                expected(&third, LAPTOP, 2),
                expected(&second, PHONE, 1),
                expected(&first, LAPTOP, 0),
            ]})
        )
    );
    for session in [&first, &second, &third] {
        assert!(!reply.text.contains(&session.token));
    }
}

#[tokio::test]
async fn a_refresh_moves_the_last_use_and_the_device_and_no_other_call_does() {
    let server = server().await;
    let session = open(&server, PHONE, "/api/auth/signup").await;
    server.advance_seconds(3600);
    let refresh = server.post("/api/auth/refresh").bearer(&session.token);
    let refreshed = Session::of(&send_from(TRAIN, refresh).await);
    server.advance_seconds(60);
    for path in ["/api/auth/me", PATH] {
        let call = server.get(path).bearer(&refreshed.token);
        assert_eq!(send_from(LAPTOP, call).await.status, 200);
    }
    let call = server.get(PATH).bearer(&refreshed.token);
    let times = [
        "2026-11-18T10:00:00.000Z",
        "2026-11-18T11:00:00.123Z",
        "2026-11-25T11:00:00.000Z",
    ];
    assert_eq!(
        send_from(LAPTOP, call).await.body["items"],
        json!([entry(&session.id, TRAIN, times, true)])
    );
}

#[tokio::test]
async fn the_list_is_the_same_by_cookie_by_the_other_prefix_and_by_head() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let bearer = list(&server, &user.token).await;
    let cookie = server.get(PATH).cookie(&user.token).send().await;
    let v1 = server.get("/api/v1/auth/me/sessions").bearer(&user.token);
    let v1 = v1.send().await;
    assert_eq!((cookie.status, &cookie.text), (200, &bearer.text));
    assert_eq!((v1.status, &v1.text), (200, &bearer.text));
    let head = server.call("HEAD", PATH).bearer(&user.token).send().await;
    assert_eq!((head.status, &*head.text), (200, ""));
}

#[tokio::test]
async fn a_user_sees_their_own_sessions_alone() {
    let server = Server::start().await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    assert_eq!(ids(&server, &ada.token).await, [ada.session_id]);
    assert_eq!(ids(&server, &bob.token).await, [bob.session_id]);
}

#[tokio::test]
async fn query_parameters_are_refused_after_the_token() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let path = format!("{PATH}?limit=1&user_id=x");
    let refused = server.get(&path).bearer(&user.token).send().await;
    refused.assert_refused_fields(&["limit", "user_id"]);
    let refused = server.get(&path).send().await;
    refused.assert_refused(401, "TokenMissing");
}

#[tokio::test]
async fn markup_in_a_user_agent_comes_back_as_the_text_that_it_is() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    for agent in [
        r#"</script><img src=x onerror="alert(1)">\"#,
        r#"","current":true},{"id":"x"#,
        "größer & schöner \u{1F98A}",
    ] {
        server.advance_seconds(1);
        let body = json!({"email": user.email, "password": PASSWORD});
        let login = server.post("/api/auth/login").header("user-agent", agent);
        let session = Session::of(&login.json(&body).send().await);
        let items = listed(&server, &session.token).await;
        assert_eq!(items[0]["user_agent"], agent);
        assert_eq!(items[0]["ip"], "127.0.0.1");
    }
}

/// The record of a session with the longest user agent that there is.
fn record(user_id: &str, number: i64, server: &Server) -> Item {
    let text = AttributeValue::S;
    let time = format!("2026-11-18T10:00:00.{number:03}Z");
    let expires_at = server.now_seconds() + 3600;
    [
        ("pk", text(format!("USER#{user_id}"))),
        ("sk", text(format!("DEVICE#made-up-{number:04}"))),
        ("id", text(format!("made-up-{number:04}"))),
        ("created_at", text("2027-01-01T00:00:00.000Z".to_owned())),
        ("last_used_at", text(time)),
        ("expires_at", AttributeValue::N(expires_at.to_string())),
        (
            "ip",
            text("2001:db8:1111:2222:3333:4444:5555:6666".to_owned()),
        ),
        ("user_agent", text("\u{1F98A}".repeat(256))),
        ("session_generation", AttributeValue::N("0".to_owned())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[tokio::test]
async fn of_very_many_sessions_the_newest_are_listed_and_always_the_current_one() {
    const MOST: usize = 1_000;
    const FOR_LAMBDA_BYTES: usize = 6_000_000;
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let records: Vec<Item> = (0..999).map(|n| record(&user.id, n, &server)).collect();
    for batch in records.chunks(25) {
        server.put_all(batch).await;
    }
    let all = ids(&server, &user.token).await;
    assert_eq!((all.len(), &all[0]), (MOST, &"made-up-0998".to_owned()));
    assert_eq!(all[MOST - 1], user.session_id);

    for number in 999..1_001 {
        server.put(record(&user.id, number, &server)).await;
    }
    server.traffic.reset();
    let reply = list(&server, &user.token).await;
    // A page of a query has 1 MB.
    assert_eq!(
        server.traffic.operations(),
        ["BatchGetItem", "Query", "Query"]
    );
    // The event that Lambda gets holds the body as a JSON string.
    let answer = json!(reply.text).to_string();
    assert!(answer.len() < FOR_LAMBDA_BYTES / 2, "{}", answer.len());
    let items = reply.body["items"].as_array().unwrap();
    assert_eq!(items.len(), MOST);
    assert_eq!(text(&items[MOST - 1]["id"]), user.session_id);
    assert_eq!(items[MOST - 1]["current"], true);
    assert_eq!(text(&items[MOST - 2]["id"]), "made-up-0002");
}
