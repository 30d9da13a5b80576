//! Compares how long refused logins take, by the reason of the refusal. The time must not tell who has an account.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

use std::{ops::RangeInclusive, process::ExitCode, time::Duration};

use bench::{
    service::{PASSWORD, Request, Service},
    statistics::{interleaved, median},
};
use dynoxide::AttributeValue;

const ROUNDS: usize = 200;
/// Of two medians.
const ALLOWED_RATIOS: RangeInclusive<f64> = 0.9..=1.1;

struct Refusal {
    reason: &'static str,
    request: Request,
    status: u16,
    times: Vec<Duration>,
}

impl Refusal {
    fn new(reason: &'static str, email: &str, password: &str, status: u16) -> Self {
        Self {
            reason,
            request: Request::with_credentials("/api/auth/login", email, password),
            status,
            times: Vec::new(),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let service = Service::start().await;
    for email in ["known@example.com", "locked@example.com"] {
        service.sign_up(email).await;
    }
    let suspended = service.sign_up("suspended@example.com").await;
    let account = format!("USER#{}", suspended.id);
    set(
        &service,
        (&account, "ACCOUNT"),
        "is_active",
        &AttributeValue::BOOL(false),
    );
    let mut refused = [
        Refusal::new("wrong password", "known@example.com", "not the one", 401),
        Refusal::new("unknown user", "nobody@example.com", "not the one", 401),
        Refusal::new("suspended account", "suspended@example.com", PASSWORD, 401),
    ];
    measure(&service, &mut refused).await;

    let mut locked = [
        Refusal::new("locked account", "locked@example.com", "not the one", 429),
        Refusal::new(
            "locked, no such account",
            "absent@example.com",
            "not the one",
            429,
        ),
    ];
    for refusal in &locked {
        assert_eq!(service.send(&refusal.request).await.status, 401);
    }
    let many = AttributeValue::N("9999999".to_owned());
    set(
        &service,
        ("LIMIT#LOGIN_FAILURES#", "LIMIT"),
        "failures",
        &many,
    );
    measure(&service, &mut locked).await;

    println!("| refusal | median of {ROUNDS} | ratio |\n| --- | --- | --- |");
    if [report(&refused), report(&locked)].contains(&false) {
        println!("\nA ratio lies outside of {ALLOWED_RATIOS:?}.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Writes into every item whose partition key begins with `pk`.
fn set(service: &Service, (pk, sk): (&str, &str), attribute: &str, value: &AttributeValue) {
    let mut items = service.items();
    items.retain(|item| {
        let is_text = |name, test: &dyn Fn(&str) -> bool| matches!(&item[name], AttributeValue::S(text) if test(text));
        is_text("pk", &|text| text.starts_with(pk)) && is_text("sk", &|text| text == sk)
    });
    assert!(!items.is_empty(), "no item {pk} {sk}");
    for item in &mut items {
        item.insert(attribute.to_owned(), value.clone());
    }
    service.import(items);
}

async fn measure(service: &Service, refusals: &mut [Refusal]) {
    for index in interleaved(refusals.len(), ROUNDS) {
        let refusal = &mut refusals[index];
        let response = service.send(&refusal.request).await;
        assert_eq!(response.status, refusal.status, "{}", response.body);
        refusal.times.push(response.time);
    }
}

/// Compares all with the first. Returns whether every ratio is allowed.
fn report(refusals: &[Refusal]) -> bool {
    let first = median(&refusals[0].times).as_secs_f64();
    let mut all_allowed = true;
    for refusal in refusals {
        let time = median(&refusal.times);
        let ratio = time.as_secs_f64() / first;
        println!("| {} | {time:.2?} | {ratio:.3} |", refusal.reason);
        all_allowed &= ALLOWED_RATIOS.contains(&ratio);
    }
    all_allowed
}
