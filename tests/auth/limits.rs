//! Rate limits and the lock-out after wrong passwords.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{ConnectionFault, PASSWORD, Reply, Server};

const WRONG: &str = "not the right one";

fn retry_after(reply: &Reply) -> i64 {
    reply.assert_refused(429, "TooManyRequests");
    reply.header("retry-after").unwrap().parse().unwrap()
}

async fn fail(server: &Server, email: &str, times: usize) {
    for _ in 0..times {
        server
            .log_in(email, WRONG)
            .await
            .assert_refused(401, "InvalidCredentials");
    }
}

/// An attribute of the only counter of a limit.
async fn counter_value(server: &Server, limit: &str, attribute: &str) -> Option<String> {
    let pk = format!("LIMIT#{limit}#");
    let items = server.items().await;
    let mut counters = items
        .iter()
        .filter(|item| item["pk"].as_s().unwrap().starts_with(&pk));
    let counter = counters.next()?;
    assert!(
        counters.next().is_none(),
        "more than one counter of {limit}"
    );
    assert_eq!(counter["sk"], AttributeValue::S("LIMIT".to_owned()));
    Some(counter[attribute].as_n().unwrap().clone())
}

/// The attributes of the counter of a name that decide about the next attempt.
async fn visible_failures(server: &Server) -> [Option<String>; 3] {
    let mut seen = [None, None, None];
    for (place, attribute) in ["failures", "last_at", "expires_at"].iter().enumerate() {
        seen[place] = counter_value(server, "LOGIN_FAILURES", attribute).await;
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_wrong_passwords_hash_no_more_than_the_limit() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let calls = (0..50).map(|_| server.log_in(&user.email, WRONG));
    let replies = join_all(calls).await;
    let refused = replies.iter().filter(|reply| reply.status == 401).count();
    assert_eq!(refused, 5);
    for reply in replies.iter().filter(|reply| reply.status != 401) {
        assert_eq!(retry_after(reply), 1);
    }
    assert_eq!(
        counter_value(&server, "LOGIN_FAILURES", "failures").await,
        Some("5".to_owned())
    );

    // The right password is refused too. Existing sessions still work.
    assert_eq!(retry_after(&server.log_in(&user.email, PASSWORD).await), 1);
    assert_eq!(server.me(&user.token).await.status, 200);
    assert_eq!(server.refresh(&user.token).await.status, 200);
    server.advance_seconds(1);
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn the_wait_doubles_up_to_15_minutes_and_refused_attempts_do_not_extend_it() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    fail(&server, "a@example.com", 5).await;
    for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        for _ in 0..2 {
            let refused = server.log_in("a@example.com", PASSWORD).await;
            assert_eq!(retry_after(&refused), wait);
        }
        server.advance_seconds(wait - 1);
        let refused = server.log_in("a@example.com", WRONG).await;
        assert_eq!(retry_after(&refused), 1, "of {wait}");
        server.advance_seconds(1);
        fail(&server, "a@example.com", 1).await;
    }
    server.advance_seconds(900);
    assert_eq!(server.log_in("a@example.com", PASSWORD).await.status, 200);
    // The success has left the count as it was.
    fail(&server, "a@example.com", 1).await;
    let refused = server.log_in("a@example.com", PASSWORD).await;
    assert_eq!(retry_after(&refused), 900);
}

#[tokio::test]
async fn a_success_neither_clears_the_failures_of_a_name_nor_adds_one() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    for failures in 0..5 {
        let before = visible_failures(&server).await;
        for _ in 0..3 {
            assert_eq!(server.log_in("a@example.com", PASSWORD).await.status, 200);
            assert_eq!(visible_failures(&server).await, before, "{failures}");
            server.advance_seconds(1);
        }
        fail(&server, "a@example.com", 1).await;
    }
    // The successes have not moved the wait either.
    server.advance_seconds(1);
    assert_eq!(server.log_in("a@example.com", PASSWORD).await.status, 200);
    fail(&server, "a@example.com", 1).await;
    assert_eq!(retry_after(&server.log_in("a@example.com", WRONG).await), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_successes_leave_the_failures_of_a_name_as_they_were() {
    let server = Server::with(&[("LOGIN_FREE_FAILURES", "20")]).await;
    server.sign_up("a@example.com").await;
    fail(&server, "a@example.com", 2).await;
    let logins = (0..10).map(|_| server.log_in("a@example.com", PASSWORD));
    for reply in join_all(logins).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let failures = counter_value(&server, "LOGIN_FAILURES", "failures").await;
    assert_eq!(failures, Some("2".to_owned()));
}

#[tokio::test]
async fn a_refused_attempt_hashes_and_logs_nothing() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    fail(&server, "a@example.com", 5).await;
    let before = server.log_keys().await;
    server.traffic.reset();
    retry_after(&server.log_in("a@example.com", PASSWORD).await);
    let expected = ["UpdateItem", "GetItem", "UpdateItem", "GetItem"];
    assert_eq!(server.traffic.operations(), expected);
    assert_eq!(server.log_keys().await, before);
}

/// The seconds before each login attempt.
const ATTEMPT_DELAYS: [i64; 14] = [0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 4, 0, 86_400];

#[tokio::test]
async fn unknown_accounts_are_locked_like_existing_ones() {
    let mut histories = Vec::new();
    for identifier in [
        json!({"email": "a@example.com"}),
        json!({"username": "ada"}),
        json!({"email": "suspended@example.com"}),
        json!({"email": "nobody@example.com"}),
        json!({"username": "nobody"}),
    ] {
        let server = Server::start().await;
        server
            .sign_up_with("a@example.com", json!({"username": "ada"}))
            .await;
        let suspended = server.sign_up("suspended@example.com").await;
        server
            .set_account_attribute(&suspended.id, "is_active", AttributeValue::Bool(false))
            .await;
        let mut body = identifier.clone();
        body["password"] = json!(WRONG);
        let mut history = Vec::new();
        for seconds in ATTEMPT_DELAYS {
            server.advance_seconds(seconds);
            server.traffic.reset();
            let reply = server.post("/api/auth/login").json(&body).send().await;
            history.push((reply.without_per_call_values(), server.traffic.operations()));
        }
        histories.push((identifier, history));
    }
    let (_, expected) = &histories[0];
    let statuses: Vec<u16> = expected.iter().map(|((status, ..), _)| *status).collect();
    assert_eq!(
        statuses,
        [
            401, 401, 401, 401, 401, 429, 401, 429, 429, 401, 429, 401, 429, 401
        ]
    );
    for (identifier, history) in &histories {
        assert_eq!(history, expected, "{identifier}");
    }
}

#[tokio::test]
async fn failures_expire_after_a_day_even_if_the_table_still_has_them() {
    let server = Server::start().await;
    server.sign_up("a@example.com").await;
    fail(&server, "a@example.com", 5).await;
    server.advance_seconds(86_399);
    // The sixth failure makes the wait two seconds.
    fail(&server, "a@example.com", 1).await;
    assert_eq!(retry_after(&server.log_in("a@example.com", WRONG).await), 2);
    server.advance_seconds(86_401);
    fail(&server, "a@example.com", 5).await;
    assert_eq!(retry_after(&server.log_in("a@example.com", WRONG).await), 1);
}

#[tokio::test]
async fn a_wrong_current_password_counts_for_its_session_alone() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let other = server.log_in(&user.email, PASSWORD).await;
    let change = |token: &str, current: &str| {
        let body = json!({"current_password": current, "new_password": "a much better password"});
        let call = server.post("/api/auth/me/password").bearer(token);
        call.json(&body).send()
    };
    let delete = |password: &str| {
        let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
        call.json(&json!({"password": password})).send()
    };
    for _ in 0..3 {
        let wrong = change(&user.token, WRONG).await;
        wrong.assert_refused(403, "WrongPassword");
    }
    for _ in 0..2 {
        delete(WRONG).await.assert_refused(403, "WrongPassword");
    }
    for refused in [change(&user.token, PASSWORD).await, delete(PASSWORD).await] {
        assert_eq!(retry_after(&refused), 1);
    }
    // Logins and other sessions are counted apart.
    assert_eq!(server.log_in(&user.email, PASSWORD).await.status, 200);
    let wrong = change(other.token(), WRONG).await;
    wrong.assert_refused(403, "WrongPassword");
    server.advance_seconds(1);
    assert_eq!(change(&user.token, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn strangers_who_fail_by_name_do_not_keep_a_session_from_its_password() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    fail(&server, &user.email, 5).await;
    let call = server.call("DELETE", "/api/auth/me").bearer(&user.token);
    let deleted = call.json(&json!({"password": PASSWORD})).send().await;
    assert_eq!(deleted.status, 200, "{}", deleted.text);
}

/// The failures of a name that somebody signs up with stay, so the sign-up tells nobody.
#[tokio::test]
async fn a_locked_free_name_stays_locked_when_somebody_signs_up_with_it() {
    let server = Server::start().await;
    fail(&server, "a@example.com", 5).await;
    server.sign_up("a@example.com").await;
    assert_eq!(
        retry_after(&server.log_in("a@example.com", PASSWORD).await),
        1
    );
}

#[tokio::test]
async fn failures_by_email_do_not_lock_the_username_of_the_account() {
    let server = Server::start().await;
    let user = server
        .sign_up_with("a@example.com", json!({"username": "ada"}))
        .await;
    fail(&server, &user.email, 5).await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let by_username = server.post("/api/auth/login").json(&body).send().await;
    assert_eq!(by_username.status, 200, "{}", by_username.text);
    assert_eq!(retry_after(&server.log_in(&user.email, PASSWORD).await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_limit_ignores_forwarding_headers() {
    let server = Server::with(&[("LOGIN_PER_ADDRESS_PER_MINUTE", "10")]).await;
    let victim = server.sign_up("user7@example.com").await;
    let calls = (0..100).map(|n| {
        let body = json!({"email": format!("user{n}@example.com"), "password": WRONG});
        let call = server.post("/api/auth/login").json(&body);
        let other_address = format!("198.51.100.{n}");
        call.header("x-forwarded-for", &other_address)
            .header("forwarded", &format!("for={other_address}"))
            .header("x-real-ip", &other_address)
            .send()
    });
    let replies = join_all(calls).await;
    let checked = replies.iter().filter(|reply| reply.status == 401).count();
    assert_eq!(checked, 10);
    for reply in replies.iter().filter(|reply| reply.status != 401) {
        // The clock is 0.123 seconds past the minute.
        assert_eq!(retry_after(reply), 60);
    }
    assert_eq!(
        counter_value(&server, "LOGIN", "so_far").await,
        Some("10".to_owned())
    );
    assert_eq!(server.me(&victim.token).await.status, 200);
    assert_eq!(server.refresh(&victim.token).await.status, 200);

    server.advance_seconds(59);
    assert_eq!(retry_after(&server.log_in("a@example.com", WRONG).await), 1);
    server.advance_seconds(1);
    fail(&server, "a@example.com", 1).await;
}

/// A call to an open function from an address, by an event.
async fn call_from(server: &Server, function: &str, address: &str, body: &Value) -> Reply {
    let event = json!({
        "rawPath": format!("/api/auth/{function}"),
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "sourceIp": address}},
        "body": body.to_string(),
    });
    server.send_event(function, event).await
}

async fn addresses_that_pass(server: &Server, function: &str, addresses: &[String]) -> usize {
    let calls = addresses.iter().map(async |address| {
        let name = address.replace([':', '.'], "-");
        let email = format!("at{name}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        let reply = call_from(server, function, address, &body).await;
        if ![201, 401].contains(&reply.status) {
            reply.assert_refused(429, "TooManyRequests");
        }
        reply.status
    });
    let statuses = join_all(calls).await;
    statuses.iter().filter(|status| **status != 429).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ipv6_site_has_ten_times_the_limit_of_one_of_its_networks() {
    let server = Server::with(&[
        ("LOGIN_PER_ADDRESS_PER_MINUTE", "2"),
        ("SIGNUP_PER_ADDRESS_PER_HOUR", "2"),
    ])
    .await;
    for function in ["login", "signup"] {
        let networks = |site: &str| {
            (0..25)
                .map(|n| format!("{site}:{n:x}::1"))
                .collect::<Vec<_>>()
        };
        let one_network: Vec<String> = (1..=5).map(|n| format!("2001:db8:2::{n:x}")).collect();
        assert_eq!(
            addresses_that_pass(&server, function, &networks("2001:db8:1")).await,
            20
        );
        assert_eq!(
            addresses_that_pass(&server, function, &one_network).await,
            2
        );
        assert_eq!(
            addresses_that_pass(&server, function, &networks("2001:db8:3")).await,
            20
        );
        // Calls that one network's limit refuses leave its neighbours their share.
        let loud: Vec<String> = (1..=30).map(|n| format!("2001:db8:4::{n:x}")).collect();
        assert_eq!(addresses_that_pass(&server, function, &loud).await, 2);
        let neighbours: Vec<String> = (1..=9).map(|n| format!("2001:db8:4:{n:x}::1")).collect();
        assert_eq!(addresses_that_pass(&server, function, &neighbours).await, 9);
        let mapped: Vec<String> = (0..25).map(|n| format!("::ffff:203.0.113.{n}")).collect();
        assert_eq!(addresses_that_pass(&server, function, &mapped).await, 25);
    }
}

#[tokio::test]
async fn only_valid_bodies_count_towards_the_address_limits() {
    let limits = [
        ("LOGIN_PER_ADDRESS_PER_MINUTE", "3"),
        ("SIGNUP_PER_ADDRESS_PER_HOUR", "3"),
    ];
    let server = Server::with(&limits).await;
    let sign_up = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        server.post("/api/auth/signup").json(&body).send()
    };
    for _ in 0..5 {
        sign_up("a@example.com", "short")
            .await
            .assert_refused(422, "WeakPassword");
        sign_up("none", PASSWORD)
            .await
            .assert_refused_fields(&["email"]);
        let foreign = server.post("/api/auth/login").json(&json!({}));
        let foreign = foreign.header("sec-fetch-site", "cross-site");
        foreign.send().await.assert_refused(403, "ForeignOrigin");
        server
            .log_in("none", PASSWORD)
            .await
            .assert_refused_fields(&["email"]);
    }
    assert_eq!(sign_up("a@example.com", PASSWORD).await.status, 201);
    sign_up("a@example.com", PASSWORD)
        .await
        .assert_refused(409, "EmailTaken");
    assert_eq!(sign_up("b@example.com", PASSWORD).await.status, 201);
    let refused = sign_up("c@example.com", PASSWORD).await;
    assert_eq!(retry_after(&refused), 3_600);

    fail(&server, "nobody@example.com", 1).await;
    assert_eq!(server.log_in("a@example.com", PASSWORD).await.status, 200);
    fail(&server, "a@example.com", 1).await;
    assert_eq!(
        retry_after(&server.log_in("a@example.com", PASSWORD).await),
        60
    );
    server.advance_seconds(3_600);
    assert_eq!(sign_up("c@example.com", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn the_refresh_limit_applies_to_one_session() {
    let server = Server::with(&[("REFRESH_PER_SESSION_PER_MINUTE", "3")]).await;
    let ada = server.sign_up("a@example.com").await;
    let bob = server.sign_up("b@example.com").await;
    let malformed = server.post("/api/auth/refresh").bearer(&ada.token);
    let malformed = malformed.json(&json!({"credentials_handling": 7}));
    malformed
        .send()
        .await
        .assert_refused_fields(&["credentials_handling"]);
    for _ in 0..3 {
        assert_eq!(server.refresh(&ada.token).await.status, 200);
    }
    assert_eq!(retry_after(&server.refresh(&ada.token).await), 60);
    assert_eq!(server.refresh(&bob.token).await.status, 200);
    // An ended session gets 401 even over the limit.
    let logout = server.post("/api/auth/logout").bearer(&ada.token);
    assert_eq!(logout.send().await.status, 200);
    server
        .refresh(&ada.token)
        .await
        .assert_refused(401, "TokenRevoked");
    server.advance_seconds(29);
    assert_eq!(server.refresh(&bob.token).await.status, 200);
}

#[tokio::test]
async fn an_attempt_with_a_lost_response_counts_once() {
    for lost in [0, 2] {
        let server = Server::start().await;
        server.sign_up("a@example.com").await;
        // The fifth attempt is the last without a wait. If it counted twice, it would be refused.
        fail(&server, "a@example.com", 4).await;
        server.traffic.inject(ConnectionFault::ResponseLost(lost));
        server
            .log_in("a@example.com", WRONG)
            .await
            .assert_refused(401, "InvalidCredentials");
        assert_eq!(server.traffic.operations().len(), 6);
        let failures = counter_value(&server, "LOGIN_FAILURES", "failures").await;
        assert_eq!(failures, Some("5".to_owned()));
        assert_eq!(
            counter_value(&server, "LOGIN", "so_far").await,
            Some("5".to_owned())
        );
    }
}

#[tokio::test]
async fn every_counter_expires() {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    fail(&server, &user.email, 1).await;
    server.refresh(&user.token).await;
    let mut counters = 0;
    for item in server.items().await {
        if item["pk"].as_s().unwrap().starts_with("LIMIT#") {
            let expires_at: i64 = item["expires_at"].as_n().unwrap().parse().unwrap();
            let lifetime = expires_at - server.now_seconds();
            assert!((1..=86_400).contains(&lifetime), "{item:?}");
            // A counter holds no e-mail.
            assert_ne!(item.get("email"), Some(&AttributeValue::Null(true)));
            counters += 1;
        }
    }
    assert_eq!(counters, 4);
    assert_eq!(
        server.me(&user.token).await.body["success"],
        Value::Bool(true)
    );
}
