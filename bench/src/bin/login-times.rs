//! Compares how long refused logins take, by the reason of the refusal. The time must not tell who has an account.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

use std::process::ExitCode;

use bench::{
    case::{self, Case, Table},
    equal_times,
    service::{PASSWORD, Request},
};
use dynoxide::AttributeValue;

const ROUNDS: usize = 200;
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
    service.set(&email("suspended"), "is_active", &inactive);
    let old_hash = AttributeValue::S(OLD_HASH.to_owned());
    service.set(&email("old"), "password_hash", &old_hash);
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
    service.set("LIMIT#LOGIN_FAILURES#", "failures", &many);
    case::measure(&mut locked, ROUNDS).await;

    println!("| refusal | median of {ROUNDS} | ratio |\n| --- | --- | --- |");
    let report = |cases: &[Case]| {
        let times = cases.iter().map(|case| (&*case.label, case.times()));
        equal_times::report(&times.collect::<Vec<_>>())
    };
    equal_times::verdict(&[report(&refused), report(&locked)])
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}
