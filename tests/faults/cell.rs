//! One call with one fault at one of its store calls, and the same call again when it has passed.

use std::time::Duration;

use super::{
    calls::Case,
    clean::{Answered, Clean},
    fixture::Fixture,
    state::{FAILURES, State},
};
use crate::harness::{FaultPlan, Persistence, Proxy, Reply, Server, StoreFault};

const CALL_TIME_LIMIT: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub row: usize,
    pub place: usize,
    pub fault: StoreFault,
    pub persistence: Persistence,
}

/// The two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub first: u16,
    pub second: u16,
}

/// A busy machine took the time that the call was allowed. That is no outcome: the cell is to be run again.
/// What is lost or doubled fails at once.
#[derive(Clone, Copy, Debug)]
pub struct OutOfTime;

impl Cell {
    pub async fn run(
        self,
        case: &Case,
        fixture: &Fixture,
        clean: &Clean,
    ) -> Result<Outcome, OutOfTime> {
        let (server, proxy) = fixture.server().await;
        proxy.inject(FaultPlan {
            fault: self.fault,
            persistence: self.persistence,
            store_calls: case.store_calls.iter().map(|&it| it.to_owned()).collect(),
            place: self.place,
        });
        let (first, between) = answer(case, fixture, (&server, &proxy)).await?;
        let failures = fixture.state.count(FAILURES);
        let is_whole = first.status == clean.first.status;
        if is_whole {
            clean.first.assert_said_by(&first);
            assert_eq!(between, clean.first.state, "what was told is not what is");
        } else {
            first.assert_refused(503, "Unavailable");
            assert_eq!(first.header("retry-after"), Some("1"));
            assert_between(&between, &fixture.state, &clean.first.state, failures + 1);
        }
        if proxy.fault_count() == 0 {
            assert!(!is_whole, "the fault was not met");
            return Err(OutOfTime);
        }
        proxy.clear();
        assert_good_token(&server, &first).await?;

        let (second, after) = answer(case, fixture, (&server, &proxy)).await?;
        in_time(&second)?;
        let was_done = is_whole || is_done(case, fixture, clean, &between);
        let expected = if was_done {
            &clean.second
        } else {
            &clean.first
        };
        expected.assert_said_by(&second);
        assert_after(&after, expected, clean, failures + 2);
        assert_good_token(&server, &second).await?;
        if let Some(password) = case.password_afterwards {
            let login = server.log_in(&fixture.user.email, password).await;
            in_time(&login)?;
            assert_eq!(login.status, 200, "{}", login.text);
        }
        Ok(Outcome {
            first: first.status,
            second: second.status,
        })
    }
}

async fn answer(
    case: &Case,
    fixture: &Fixture,
    (server, proxy): (&Server, &Proxy),
) -> Result<(Reply, State), OutOfTime> {
    let call = (case.make)(server, fixture).send();
    let reply = tokio::time::timeout(CALL_TIME_LIMIT, call).await;
    let reply = reply.map_err(|_| OutOfTime)?;
    proxy.wait_until_idle().await;
    server.assert_claims_and_accounts_agree().await;
    Ok((reply, State::of(&server.items().await)))
}

/// Of an answer that no fault was in the way of.
fn in_time(reply: &Reply) -> Result<(), OutOfTime> {
    if reply.status == 503 {
        return Err(OutOfTime);
    }
    Ok(())
}

fn is_done(case: &Case, fixture: &Fixture, clean: &Clean, state: &State) -> bool {
    case.done.is_some_and(|count| {
        let done = clean.first.state.count(count);
        assert_ne!(done, fixture.state.count(count), "{count} tells nothing");
        state.count(count) == done
    })
}

/// A call that was told to have failed did nothing, some of it, or all of it, and nothing twice.
#[track_caller]
fn assert_between(state: &State, before: &State, after: &State, most_failures: i64) {
    for name in State::names([state, before, after]) {
        let (found, before, after) = (state.count(name), before.count(name), after.count(name));
        let most = if name == FAILURES {
            most_failures
        } else {
            before.max(after)
        };
        let is_good = (before.min(after)..=most).contains(&found);
        assert!(is_good, "{found} of {name:?}, not {before} or {after}");
    }
}

/// Whatever is counted or logged may be so for both calls; all else is as if one of them had never been.
#[track_caller]
fn assert_after(state: &State, expected: &Answered, clean: &Clean, most_failures: i64) {
    let (once, twice) = (&clean.first.state, &clean.second.state);
    for name in State::names([state, once, twice]) {
        let (found, once, twice) = (state.count(name), once.count(name), twice.count(name));
        let is_good = match name {
            // Those of before go on counting if what was to forget them was cut off.
            FAILURES if twice > 0 => (once..=most_failures).contains(&found),
            _ if is_told_of_each_call(name) => (once..=twice).contains(&found),
            _ => found == expected.state.count(name),
        };
        assert!(
            is_good,
            "{found} of {name:?} after both, not {once} or {twice}"
        );
    }
    assert_eq!(state.texts(), expected.state.texts());
}

fn is_told_of_each_call(name: &str) -> bool {
    name.starts_with("counted ") || name.starts_with("logged ")
}

/// A token that was handed out works.
async fn assert_good_token(server: &Server, reply: &Reply) -> Result<(), OutOfTime> {
    if let Some(token) = reply.body["session"]["token"].as_str() {
        let shown = server.me(token).await;
        in_time(&shown)?;
        assert_eq!(shown.status, 200, "{}", shown.text);
    }
    Ok(())
}
