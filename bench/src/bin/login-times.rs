//! Compares how long refused logins take, by the reason of the refusal. The time must not tell who has an account.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

use std::{ops::RangeInclusive, process::ExitCode};

use bench::{
    case::{self, Case, Table},
    service::{PASSWORD, Request, Service},
    statistics::median,
};
use dynoxide::AttributeValue;

const ROUNDS: usize = 200;
/// Of two medians.
const ALLOWED_RATIOS: RangeInclusive<f64> = 0.9..=1.1;
const WRONG: &str = "not the one";
/// Half of today's cost. No password has this hash.
const OLD_HASH: &str =
    "$argon2id$v=19$m=9728,t=2,p=1$c2l4dGVlbiBieXRlcyE$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::main]
async fn main() -> ExitCode {
    let table = Table::open().await;
    let service = &table.timed;
    for name in ["known", "suspended", "old", "locked"] {
        service.sign_up(&email(name)).await;
    }
    let refusal = |reason: &str, name, password, status| {
        let request = Request::login(&email(name), password);
        Case::new(reason.to_owned(), &table, vec![request], status)
    };

    let inactive = AttributeValue::BOOL(false);
    set(service, &email("suspended"), "is_active", &inactive);
    let old_hash = AttributeValue::S(OLD_HASH.to_owned());
    set(service, &email("old"), "password_hash", &old_hash);
    let mut refused = [
        refusal("wrong password", "known", WRONG, 401),
        refusal("unknown user", "nobody", WRONG, 401),
        refusal("suspended account", "suspended", PASSWORD, 401),
        refusal("hash of half the cost", "old", WRONG, 401),
    ];
    case::measure(&mut refused, ROUNDS).await;

    let mut locked = [
        refusal("locked account", "locked", WRONG, 429),
        refusal("locked, unknown user", "absent", WRONG, 429),
    ];
    for name in ["locked", "absent"] {
        let request = Request::login(&email(name), WRONG);
        service.send(&request, 401).await;
    }
    let many = AttributeValue::N("9999999".to_owned());
    set(service, "LIMIT#LOGIN_FAILURES#", "failures", &many);
    case::measure(&mut locked, ROUNDS).await;

    println!("| refusal | median of {ROUNDS} | ratio |\n| --- | --- | --- |");
    if [report(&refused), report(&locked)].contains(&false) {
        println!("\nA ratio lies outside of {ALLOWED_RATIOS:?}.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}

/// Replaces the attribute in every item that has it and contains `text`.
fn set(service: &Service, text: &str, attribute: &str, value: &AttributeValue) {
    let mut items = service.items();
    items.retain(|item| {
        let json = serde_json::to_string(item).unwrap();
        item.contains_key(attribute) && json.contains(text)
    });
    assert!(!items.is_empty(), "no item has {attribute} and {text}");
    for item in &mut items {
        item.insert(attribute.to_owned(), value.clone());
    }
    service.import(items);
}

/// Compares all with the first. Returns whether every ratio is allowed.
fn report(refusals: &[Case]) -> bool {
    let first = median(&refusals[0].times()).as_secs_f64();
    let mut all_allowed = true;
    for refusal in refusals {
        let time = median(&refusal.times());
        let ratio = time.as_secs_f64() / first;
        println!("| {} | {time:.2?} | {ratio:.3} |", refusal.label);
        all_allowed &= ALLOWED_RATIOS.contains(&ratio);
    }
    all_allowed
}
