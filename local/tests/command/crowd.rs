//! Very many logins at once on one process, as under Lambda's managed concurrency.
#![cfg(target_os = "linux")] // Where a process can be asked for its peak memory.

use std::{
    fs,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use shared::{
    Clock, Entropy, Settings,
    account::{Account, Email, Username},
    token::TokenSigner,
};
use uuid::Uuid;

use crate::running::{Running, command, exchange, post};

const LOGINS: usize = 100;
const HASH_KIB: usize = 19_456;
const SECRET: &str = "the secret that the tests sign with";
const BODY: &str = r#"{"email": "ada@example.com", "password": "correct horse battery"}"#;

fn peak_kib(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.unwrap().split_whitespace().nth(1);
    figure.unwrap().parse().unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// On a machine that is busy enough, some of a crowd get what the bound on calls has for them.
fn is_answered_or_put_off(answer: &str, expected: u16) -> bool {
    let put_off = status(answer) == 503 && answer.contains("\r\nretry-after: ");
    assert!(status(answer) == expected || put_off, "{answer}");
    !put_off
}

fn get(address: SocketAddr, path: &str, token: &str) -> String {
    exchange(
        address,
        &format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n\r\n"
        ),
    )
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "it is what is measured")]
    let began = Instant::now();
    (work(), began.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Of somebody who is not there.
fn strangers_token() -> String {
    let settings = Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| SECRET.to_owned()));
    let stranger = Account::new(
        Uuid::nil(),
        &Email::parse("nobody@example.com").unwrap(),
        &Username::parse("nobody").unwrap(),
        [None, None],
        String::new(),
        Clock::system().now(),
    );
    let issued = TokenSigner::new(&settings.unwrap())
        .open(&stranger, Clock::system().now(), &Entropy::system())
        .unwrap();
    issued.token
}

/// As many at once as there will be, of calls that hash nothing and ask the store as a login does: twice
/// side by side, and again and again.
fn without_hashing(address: SocketAddr) {
    let token = strangers_token();
    thread::scope(|scope| {
        for _ in 0..LOGINS {
            scope.spawn(|| {
                for _ in 0..3 {
                    let answer = get(address, "/api/auth/me/activity", &token);
                    is_answered_or_put_off(&answer, 401);
                }
            });
        }
    });
}

#[test]
fn a_hundred_logins_at_once_neither_exhaust_memory_nor_hold_up_other_calls() {
    let data = tempfile::tempdir().unwrap();
    let mut command = command(
        data.path(),
        &["--port", "0", "--database-port", "0", "--memory"],
    );
    for limit in [
        "LOGIN_PER_ADDRESS_PER_MINUTE",
        "LOGIN_FREE_FAILURES",
        "SIGNUP_PER_ADDRESS_PER_HOUR",
    ] {
        command.env(limit, "1000000");
    }
    command.env("BETTER_AUTH_SECRET", SECRET);
    let running = Running::from_command(command);
    let address = running.address_of("Latchkey");
    without_hashing(address);
    let base = peak_kib(running.child.id());

    let account = post(address, "/api/auth/signup", BODY);
    let token = account.split("\"token\":\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let over = AtomicBool::new(false);
    let (logins, reads) = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let (mut times, mut answered) = (Vec::new(), 0);
            while !over.load(Ordering::SeqCst) {
                let (answer, time) = timed(|| get(address, "/api/auth/me", token));
                answered += usize::from(is_answered_or_put_off(&answer, 200));
                times.push(time);
            }
            assert!(
                answered * 10 >= times.len() * 9,
                "{answered} of {}",
                times.len()
            );
            times
        });
        let logins: Vec<_> = (0..LOGINS)
            .map(|_| scope.spawn(|| timed(|| post(address, "/api/auth/login", BODY))))
            .collect();
        let logins: Vec<_> = logins
            .into_iter()
            .map(|login| login.join().unwrap())
            .collect();
        over.store(true, Ordering::SeqCst);
        (logins, reading.join().unwrap())
    });

    let mut succeeded = 0;
    for (answer, _) in &logins {
        match status(answer) {
            200 => succeeded += 1,
            429 | 503 => assert!(answer.contains("\r\nretry-after: "), "{answer}"),
            _ => panic!("{answer}"),
        }
    }
    assert!(succeeded > 0);
    let at_once = thread::available_parallelism().unwrap().get();
    let permits = at_once.saturating_sub(1).max(1);
    let most = (base + permits * HASH_KIB) * 12 / 10;
    let peak = peak_kib(running.child.id());
    assert!(peak <= most, "{peak} KiB, and at most {most} from {base}");
    let (login, read) = (
        median(logins.into_iter().map(|(_, time)| time).collect()),
        median(reads),
    );
    assert!(read * 3 < login, "me {read:?} beside logins of {login:?}");
}
