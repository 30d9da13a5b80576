//! Does the time of a refused login tell who has an account? Each kind of refusal is timed over HTTP,
//! turn by turn, and compared with a wrong password: `cargo run --release -p bench --bin login-times`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and one that cannot be made has nothing to say"
)]

use std::{process::ExitCode, time::Duration};

use bench::{PASSWORD, Service, median};
use serde_json::{Value, json};

const ROUNDS: usize = 200;
/// What the ratio of two medians may be.
const SAME: std::ops::RangeInclusive<f64> = 0.9..=1.1;

struct Kind {
    name: &'static str,
    body: Value,
    status: u16,
    times: Vec<Duration>,
}

impl Kind {
    fn new(name: &'static str, who: &str, password: &str, status: u16) -> Self {
        Self {
            name,
            body: json!({"email": who, "password": password}),
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
    service.suspend(&suspended.id).await;

    let mut refused = [
        Kind::new("wrong password", "known@example.com", "not the one", 401),
        Kind::new("unknown user", "nobody@example.com", "not the one", 401),
        Kind::new("suspended account", "suspended@example.com", PASSWORD, 401),
    ];
    time_in_turns(&service, &mut refused).await;

    let mut locked = [
        Kind::new("locked account", "locked@example.com", "not the one", 401),
        Kind::new("locked, nobody's", "absent@example.com", "not the one", 401),
    ];
    for kind in &mut locked {
        let (status, ..) = service.post("/api/auth/login", &kind.body).await;
        assert_eq!(status, kind.status);
        kind.status = 429;
    }
    service.lock_whoever_failed().await;
    time_in_turns(&service, &mut locked).await;

    println!("| refusal | median of {ROUNDS} | ratio |\n| --- | --- | --- |");
    let is_same = [report(&refused), report(&locked)];
    if is_same.contains(&false) {
        println!("\nA ratio lies outside of {SAME:?}.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Each round begins with another kind, so that none always follows the same one.
async fn time_in_turns(service: &Service, kinds: &mut [Kind]) {
    for round in 0..ROUNDS {
        kinds.rotate_left(1);
        for kind in kinds.iter_mut() {
            let (status, answer, time) = service.post("/api/auth/login", &kind.body).await;
            assert_eq!(status, kind.status, "{answer}");
            kind.times.push(time);
        }
        if (round + 1) % kinds.len() == 0 {
            kinds.reverse();
        }
    }
}

/// Against the first kind by name, whatever order they are in by now.
fn report(kinds: &[Kind]) -> bool {
    let floor = kinds
        .iter()
        .find(|kind| ["wrong password", "locked account"].contains(&kind.name))
        .unwrap();
    let floor = median(&floor.times).as_secs_f64();
    let mut all = true;
    for kind in kinds {
        let time = median(&kind.times);
        let ratio = time.as_secs_f64() / floor;
        println!("| {} | {time:.2?} | {ratio:.3} |", kind.name);
        all &= SAME.contains(&ratio);
    }
    all
}
