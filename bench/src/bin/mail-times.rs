//! Compares how long the calls take that must not tell who has an account: a forgotten password, and a
//! sign-up where e-mails must be verified.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

use std::{process::ExitCode, time::Duration};

use bench::{
    equal_times,
    service::{PASSWORD, Request, Service},
    statistics::interleaved,
};
use dynoxide::AttributeValue;
use serde_json::json;

const ROUNDS: usize = 200;
const WARM_UP_ROUNDS: usize = 5;
const MAIL: [(&str, &str); 2] = [
    ("MAIL_FROM", "no-reply@example.com"),
    ("APP_URL", "https://app.example.com"),
];

/// Calls of one kind. Each has a number of its own.
struct Kind {
    label: &'static str,
    request: fn(usize) -> Request,
    times: Vec<Duration>,
}

#[tokio::main]
async fn main() -> ExitCode {
    println!("| call | median of {ROUNDS} | ratio |\n| --- | --- | --- |");
    equal_times::verdict(&[forgotten_passwords().await, sign_ups().await])
}

async fn forgotten_passwords() -> bool {
    let service = Service::with(&MAIL).await;
    for name in ["verified", "suspended", "new"] {
        service.sign_up(&email(name)).await;
    }
    let set = |name, attribute, truth| {
        service.set(&email(name), attribute, &AttributeValue::BOOL(truth));
    };
    set("verified", "email_verified", true);
    set("suspended", "is_active", false);
    let kinds = [
        Kind::of("forgot, known e-mail", |_| forgot("verified")),
        Kind::of("forgot, unknown", |_| forgot("nobody")),
        Kind::of("forgot, suspended", |_| forgot("suspended")),
        Kind::of("forgot, unverified", |_| forgot("new")),
    ];
    measure(&service, kinds).await
}

async fn sign_ups() -> bool {
    let settings: Vec<_> = MAIL
        .into_iter()
        .chain([("REQUIRE_VERIFIED_EMAIL", "true")])
        .collect();
    let service = Service::with(&settings).await;
    service.send(&sign_up("taken"), 202).await;
    let kinds = [
        Kind::of("sign-up, free e-mail", |call| {
            sign_up(&format!("free{call}"))
        }),
        Kind::of("sign-up, taken", |_| sign_up("taken")),
    ];
    measure(&service, kinds).await
}

/// All kinds take turns. Returns whether their times are equal.
async fn measure<const N: usize>(service: &Service, mut kinds: [Kind; N]) -> bool {
    for call in 0..WARM_UP_ROUNDS {
        for kind in &kinds {
            service.send(&(kind.request)(call), 202).await;
        }
    }
    for index in interleaved(N, ROUNDS) {
        let kind = &mut kinds[index];
        let request = (kind.request)(WARM_UP_ROUNDS + kind.times.len());
        kind.times.push(service.send(&request, 202).await.time);
    }
    let times = kinds.map(|kind| (kind.label, kind.times));
    equal_times::report(&times)
}

impl Kind {
    fn of(label: &'static str, request: fn(usize) -> Request) -> Self {
        Self {
            label,
            request,
            times: Vec::with_capacity(ROUNDS),
        }
    }
}

fn forgot(name: &str) -> Request {
    Request::post("/api/auth/password/forgot", json!({"email": email(name)}))
}

fn sign_up(name: &str) -> Request {
    let body = json!({"email": email(name), "password": PASSWORD});
    Request::post("/api/auth/signup", body)
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}
