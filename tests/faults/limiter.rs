//! A call is refused if its rate limit counter is unreachable.

use super::{
    calls::{self, Case},
    fixture::Fixture,
    state::State,
};
use crate::harness::{FaultPlan, Persistence, StoreFault};

/// The call, its unreachable counter, and every store call that it may still make.
const LIMITED: [(&str, &str, &[&str]); 6] = [
    ("sign-up", "UpdateItem counter", &["UpdateItem counter"]),
    (
        "login",
        "UpdateItem counter",
        &["GetItem e-mail claim", "UpdateItem counter"],
    ),
    (
        "login",
        "UpdateItem failures",
        &[
            "GetItem account",
            "GetItem e-mail claim",
            "UpdateItem counter",
            "UpdateItem failures",
        ],
    ),
    (
        "refresh",
        "UpdateItem counter",
        &["BatchGetItem", "UpdateItem counter"],
    ),
    (
        "`POST me/password`",
        "UpdateItem failures",
        &["BatchGetItem", "UpdateItem failures"],
    ),
    (
        "`DELETE me`",
        "UpdateItem failures",
        &["BatchGetItem", "UpdateItem failures"],
    ),
];

#[tokio::test]
async fn an_unreachable_rate_limiter_refuses_before_hashing_and_writing() {
    let cases = calls::all();
    for (name, counter, allowed) in LIMITED {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        for fault in [
            StoreFault::Refused,
            StoreFault::Throttled,
            StoreFault::TimeoutBefore,
        ] {
            assert_refused(case, counter, allowed, fault).await;
        }
    }
}

async fn assert_refused(case: &Case, counter: &str, allowed: &[&str], fault: StoreFault) {
    let fixture = Fixture::make(case.setup).await;
    let (server, proxy) = fixture.server().await;
    let store_calls = case.store_calls.iter().map(|&it| it.to_owned());
    let store_calls: Vec<String> = store_calls.collect();
    proxy.inject(FaultPlan {
        fault,
        persistence: Persistence::OneStoreCall,
        position: store_calls.iter().position(|it| it == counter).unwrap(),
        store_calls,
    });
    let reply = (case.make)(&server, &fixture).send().await;
    reply.assert_refused(503, "Unavailable");
    assert_eq!(reply.header("retry-after"), Some("1"));
    // On a busy machine the call can time out before it reaches the counter.
    let actual = proxy.store_calls();
    let is_allowed = |name: &String| allowed.contains(&name.as_str());
    assert!(actual.iter().all(is_allowed), "{}: {actual:?}", case.name);
    // Login counts the address too. Only the failure counter is unreachable in this case.
    let address_count = i64::from(counter == "UpdateItem failures" && case.name == "login");
    let state = State::of(&server.items().await);
    assert!(state.count("counted LOGIN") <= address_count);
    assert_eq!(state.texts(), fixture.state.texts());
    for name in State::names([&state, &fixture.state, &fixture.state]) {
        if name != "counted LOGIN" {
            assert_eq!(state.count(name), fixture.state.count(name), "{name}");
        }
    }
}
