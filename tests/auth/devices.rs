//! The device cookie: an owner's browser is counted apart from strangers.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, Server};

const WRONG: &str = "not the right one";
const EMAIL: &str = "a@example.com";

/// `name=value` of the device cookie.
fn device(reply: &Reply) -> String {
    let cookie = reply.device_cookie().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn sign_up(server: &Server, email: &str) -> Reply {
    let body = json!({"email": email, "password": PASSWORD});
    let reply = server.post("/api/auth/signup").json(&body).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply
}

async fn log_in(server: &Server, email: &str, password: &str, cookies: &str) -> Reply {
    let body = json!({"email": email, "password": password});
    let call = server.post("/api/auth/login").json(&body);
    call.header("cookie", cookies).send().await
}

async fn lock(server: &Server, email: &str) {
    for _ in 0..5 {
        let reply = server.log_in(email, WRONG).await;
        reply.assert_refused(401, "InvalidCredentials");
    }
    let locked = server.log_in(email, PASSWORD).await;
    locked.assert_refused(429, "TooManyRequests");
}

#[tokio::test]
async fn sign_up_and_login_hand_out_a_device_cookie_with_the_session_cookie() {
    let server = Server::start().await;
    let signed_up = sign_up(&server, EMAIL).await;
    let logged_in = server.log_in(EMAIL, PASSWORD).await;
    for reply in [&signed_up, &logged_in] {
        let cookie = reply.device_cookie().unwrap();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert!(pair.starts_with("__Host-device="), "{cookie}");
        let expected = "Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(attributes, expected);
        // No id, e-mail or token can be read in it by those who do not hold it: it goes to its owner.
        assert!(!reply.text.contains(pair.split_once('=').unwrap().1));
    }
    assert_ne!(device(&signed_up), device(&logged_in));
    for (handling, is_given) in [("include", true), ("same-origin", true), ("omit", false)] {
        let body = json!({"email": EMAIL, "password": PASSWORD, "credentials_handling": handling});
        let reply = server.post("/api/auth/login").json(&body).send().await;
        assert_eq!(reply.device_cookie().is_some(), is_given, "{handling}");
    }
    let refused = server.log_in(EMAIL, WRONG).await;
    assert_eq!(refused.device_cookie(), None);
}

#[tokio::test]
async fn strangers_cannot_lock_the_owner_out_of_a_known_browser() {
    let server = Server::start().await;
    let known = device(&sign_up(&server, EMAIL).await);
    lock(&server, EMAIL).await;
    let reply = log_in(&server, EMAIL, PASSWORD, &known).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    // The strangers still wait.
    let locked = server.log_in(EMAIL, PASSWORD).await;
    locked.assert_refused(429, "TooManyRequests");
    // The renewed cookie works as well.
    let renewed = device(&reply);
    assert_eq!(log_in(&server, EMAIL, PASSWORD, &renewed).await.status, 200);
}

#[tokio::test]
async fn a_device_has_five_free_failures_then_waits_and_a_success_clears_them() {
    let server = Server::start().await;
    let known = device(&sign_up(&server, EMAIL).await);
    for _ in 0..2 {
        for _ in 0..5 {
            let wrong = log_in(&server, EMAIL, WRONG, &known).await;
            wrong.assert_refused(401, "InvalidCredentials");
        }
        let waiting = log_in(&server, EMAIL, PASSWORD, &known).await;
        waiting.assert_refused(429, "TooManyRequests");
        assert_eq!(waiting.header("retry-after"), Some("1"));
        // Its failures are no failures of the name.
        assert_eq!(server.log_in(EMAIL, PASSWORD).await.status, 200);
        server.advance_seconds(1);
        let right = log_in(&server, EMAIL, PASSWORD, &known).await;
        assert_eq!(right.status, 200, "{}", right.text);
    }
}

#[tokio::test]
async fn only_a_good_device_cookie_of_this_account_is_counted_apart() {
    let server = Server::start().await;
    let signed_up = sign_up(&server, EMAIL).await;
    let known = device(&signed_up);
    let of_another = device(&sign_up(&server, "b@example.com").await);
    let value = known.split_once('=').unwrap().1;
    lock(&server, EMAIL).await;
    let session = signed_up.cookie().unwrap().split(';').next().unwrap();
    for bad in [
        of_another,
        format!("__Host-device={}", &value[1..]),
        format!("__Host-device={value}A"),
        format!("{known}; {known}"),
        format!("device={value}"),
        format!("__Host-device={}", session.split_once('=').unwrap().1),
        "__Host-device=".to_owned(),
    ] {
        let refused = log_in(&server, EMAIL, PASSWORD, &bad).await;
        refused.assert_refused(429, "TooManyRequests");
    }
    // A device cookie is no session.
    let me = server.get("/api/auth/me");
    let me = me.header("cookie", &format!("__Host-session={value}"));
    me.send().await.assert_refused(401, "TokenMalformed");
    assert_eq!(log_in(&server, EMAIL, PASSWORD, &known).await.status, 200);
}

#[tokio::test]
async fn a_new_password_and_180_days_void_a_device_cookie() {
    let server = Server::start().await;
    let signed_up = sign_up(&server, EMAIL).await;
    let known = device(&signed_up);
    // Ending all sessions does not.
    let logout = server.post("/api/auth/logout").bearer(signed_up.token());
    let logout = logout.json(&json!({"everywhere": true})).send().await;
    assert_eq!(logout.status, 200);
    lock(&server, EMAIL).await;
    let again = log_in(&server, EMAIL, PASSWORD, &known).await;
    assert_eq!(again.status, 200, "{}", again.text);

    let new_password = "a much better password";
    let body = json!({"current_password": PASSWORD, "new_password": new_password});
    let change = server.post("/api/auth/me/password").bearer(again.token());
    assert_eq!(change.json(&body).send().await.status, 200);
    let void = log_in(&server, EMAIL, new_password, &known).await;
    void.assert_refused(429, "TooManyRequests");

    server.advance_seconds(2 * 86_400);
    let renewed = device(&server.log_in(EMAIL, new_password).await);
    for (days, expected) in [(179, 200), (1, 429)] {
        server.advance_seconds(days * 86_400);
        for _ in 0..5 {
            server.log_in(EMAIL, WRONG).await;
        }
        let reply = log_in(&server, EMAIL, new_password, &renewed).await;
        assert_eq!(reply.status, expected, "{}", reply.text);
    }
}

/// A stranger who has an account of their own learns nothing by their device cookie.
#[tokio::test]
async fn a_foreign_device_cookie_makes_the_same_requests_for_known_and_unknown_names() {
    let server = Server::start().await;
    sign_up(&server, EMAIL).await;
    let foreign = device(&sign_up(&server, "stranger@example.com").await);
    let mut seen = Vec::new();
    for email in [EMAIL, "nobody@example.com"] {
        server.traffic.reset();
        let reply = log_in(&server, email, WRONG, &foreign).await;
        seen.push((reply.without_per_call_values(), server.traffic.operations()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].1.len(), 6);
}

#[tokio::test]
async fn a_login_with_a_device_makes_no_request_more() {
    let server = Server::start().await;
    let known = device(&sign_up(&server, EMAIL).await);
    server.traffic.reset();
    assert_eq!(log_in(&server, EMAIL, PASSWORD, &known).await.status, 200);
    let mut operations = server.traffic.operations();
    operations.sort_unstable();
    assert_eq!(
        operations,
        [
            "GetItem",
            "GetItem",
            "TransactWriteItems",
            "UpdateItem",
            "UpdateItem"
        ]
    );
}

/// A history of choices from a seed, the same in every world.
struct History(u64);

impl History {
    /// Knuth's linear congruential generator.
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(self.0 >> 33).unwrap() % choices.len();
        choices[index]
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum World {
    NobodyHasTheName,
    SomebodyHasTheName,
    SomebodySignsUpMidway,
}

#[derive(Clone, Copy)]
enum Step {
    StrangerFails(&'static str, &'static str),
    OwnerLogsInFromANewBrowser,
    OwnerFailsAndLogsInFromAKnownBrowser,
}

const STEPS: [Step; 6] = [
    Step::StrangerFails("email", EMAIL),
    Step::StrangerFails("email", "A@Example.com"),
    Step::StrangerFails("username", "ADA"),
    Step::StrangerFails("email", EMAIL),
    Step::OwnerLogsInFromANewBrowser,
    Step::OwnerFailsAndLogsInFromAKnownBrowser,
];
const DELAYS: [i64; 12] = [0, 0, 0, 0, 0, 0, 1, 1, 2, 5, 70, 90_000];

/// The answers to strangers while the owner, if there is one, logs in and fails as well.
async fn answers_to_strangers(world: World, seed: u64) -> Vec<(u16, Option<String>, Value)> {
    let server = Server::start().await;
    let owner = json!({"email": EMAIL, "username": "ada", "password": PASSWORD});
    let sign_up = || server.post("/api/auth/signup").json(&owner).send();
    let mut known = None;
    if world == World::SomebodyHasTheName {
        known = Some(device(&sign_up().await));
    }
    let mut history = History(seed);
    let mut answers = Vec::new();
    for number in 0..60 {
        server.advance_seconds(history.pick(&DELAYS));
        if number == 30 && world == World::SomebodySignsUpMidway {
            known = Some(device(&sign_up().await));
        }
        match (history.pick(&STEPS), &known) {
            (Step::StrangerFails(kind, name), _) => {
                let body = json!({kind: name, "password": WRONG});
                let reply = server.post("/api/auth/login").json(&body).send().await;
                let wait = reply.header("retry-after").map(str::to_owned);
                let mut body = reply.body;
                body["timestamp"].take();
                body["request_id"].take();
                answers.push((reply.status, wait, body));
            }
            (_, None) => {}
            (Step::OwnerLogsInFromANewBrowser, Some(_)) => {
                let status = server.log_in(EMAIL, PASSWORD).await.status;
                assert!([200, 429].contains(&status));
            }
            (Step::OwnerFailsAndLogsInFromAKnownBrowser, Some(device)) => {
                for password in [WRONG, PASSWORD] {
                    let status = log_in(&server, EMAIL, password, device).await.status;
                    assert!([200, 401, 429].contains(&status));
                }
            }
        }
    }
    answers
}

#[tokio::test]
async fn strangers_see_the_same_whether_or_not_somebody_has_the_name() {
    for seed in 1..=4 {
        let expected = answers_to_strangers(World::NobodyHasTheName, seed).await;
        for status in [401, 429] {
            assert!(expected.iter().any(|(seen, ..)| *seen == status), "{seed}");
        }
        for world in [World::SomebodyHasTheName, World::SomebodySignsUpMidway] {
            let answers = answers_to_strangers(world, seed).await;
            assert_eq!(answers, expected, "{world:?}, {seed}");
        }
    }
}
