//! A counter that cannot be reached refuses, whatever else could be.

use super::{
    calls::{self, Case},
    fixture::Fixture,
    state::State,
};
use crate::harness::{FaultPlan, Persistence, StoreFault};

/// The call, the counter that is away, and all that it may ask the store for.
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
async fn a_limiter_that_cannot_be_reached_refuses_before_anything_is_hashed_or_written() {
    let cases = calls::all();
    for (name, counter, asked_for) in LIMITED {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        for fault in [
            StoreFault::Refused,
            StoreFault::Throttled,
            StoreFault::TimeoutBefore,
        ] {
            refuses(case, counter, asked_for, fault).await;
        }
    }
}

async fn refuses(case: &Case, counter: &str, asked_for: &[&str], fault: StoreFault) {
    let fixture = Fixture::make(case.setup).await;
    let (server, proxy) = fixture.server().await;
    let store_calls = case.store_calls.iter().map(|&it| it.to_owned());
    let store_calls: Vec<String> = store_calls.collect();
    proxy.inject(FaultPlan {
        fault,
        persistence: Persistence::OneStoreCall,
        place: store_calls.iter().position(|it| it == counter).unwrap(),
        store_calls,
    });
    let reply = (case.make)(&server, &fixture).send().await;
    reply.assert_refused(503, "Unavailable");
    assert_eq!(reply.header("retry-after"), Some("1"));
    // On a busy machine what comes before the counter may already have taken too long.
    let made = proxy.store_calls();
    let is_asked_for = |name: &String| asked_for.contains(&name.as_str());
    assert!(made.iter().all(is_asked_for), "{}: {made:?}", case.name);
    // The count of the address alone, where it is another that is away.
    let of_address = i64::from(counter == "UpdateItem failures" && case.name == "login");
    let state = State::of(&server.items().await);
    assert!(state.count("counted LOGIN") <= of_address);
    assert_eq!(state.texts(), fixture.state.texts());
    for name in State::names([&state, &fixture.state, &fixture.state]) {
        if name != "counted LOGIN" {
            assert_eq!(state.count(name), fixture.state.count(name), "{name}");
        }
    }
}
