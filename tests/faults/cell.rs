//! One call with one fault at one of its store calls, and the same call again without the fault.

use std::time::Duration;

use super::{
    baseline::{Baseline, Expected},
    calls::{Case, DELETION},
    fixture::Fixture,
    state::{FAILURES, State},
};
use crate::harness::{FaultPlan, Persistence, Proxy, Reply, Server, StoreFault};

const CALL_TIME_LIMIT: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub row: usize,
    pub position: usize,
    pub fault: StoreFault,
    pub persistence: Persistence,
}

/// The statuses of the two responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub first: u16,
    pub second: u16,
}

/// The call exceeded its time limit on a busy machine, so the cell must run again. A lost or repeated
/// effect panics instead.
#[derive(Clone, Copy, Debug)]
pub struct Timeout;

impl Cell {
    pub async fn run(
        self,
        case: &Case,
        fixture: &Fixture,
        baseline: &Baseline,
    ) -> Result<Outcome, Timeout> {
        let (server, proxy) = fixture.server().await;
        proxy.inject(FaultPlan {
            fault: self.fault,
            persistence: self.persistence,
            store_calls: case.store_calls.iter().map(|&it| it.to_owned()).collect(),
            position: self.position,
        });
        let (first, between) = answer(case, fixture, (&server, &proxy)).await?;
        let failures = fixture.state.count(FAILURES);
        let is_success = first.status == baseline.first.status;
        if is_success {
            baseline.first.assert_matches(&first);
            assert_eq!(
                between, baseline.first.state,
                "the state contradicts the response"
            );
        } else {
            first.assert_refused(503, "Unavailable");
            assert_eq!(first.header("retry-after"), Some("1"));
            assert_partial_state(
                &between,
                &fixture.state,
                &baseline.first.state,
                failures + 1,
            );
        }
        if proxy.fault_count() == 0 {
            assert!(!is_success, "the fault was not injected");
            return Err(Timeout);
        }
        proxy.clear();
        assert_token_works(&server, &first).await?;

        let (second, after) = answer(case, fixture, (&server, &proxy)).await?;
        check_time_limit(&second)?;
        let was_done = is_success || is_done(case, fixture, baseline, &between);
        let expected = if was_done {
            &baseline.second
        } else {
            &baseline.first
        };
        expected.assert_matches(&second);
        assert_final_state(&after, expected, baseline, failures + 2);
        assert_token_works(&server, &second).await?;
        if let Some(password) = case.password_afterwards {
            let login = server.log_in(&fixture.user.email, password).await;
            check_time_limit(&login)?;
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
) -> Result<(Reply, State), Timeout> {
    let call = (case.make)(server, fixture).send();
    let reply = tokio::time::timeout(CALL_TIME_LIMIT, call).await;
    let reply = reply.map_err(|_| Timeout)?;
    if reply.status == 202 && case.name == DELETION {
        // It goes on without its caller, who had no time left.
        return Err(Timeout);
    }
    proxy.wait_until_idle().await;
    server.assert_claims_and_accounts_agree().await;
    Ok((reply, State::of(&server.items().await)))
}

/// A 503 without a fault means that the call exceeded its time limit.
fn check_time_limit(reply: &Reply) -> Result<(), Timeout> {
    if reply.status == 503 {
        return Err(Timeout);
    }
    Ok(())
}

fn is_done(case: &Case, fixture: &Fixture, baseline: &Baseline, state: &State) -> bool {
    case.done.is_some_and(|count| {
        let done = baseline.first.state.count(count);
        assert_ne!(
            done,
            fixture.state.count(count),
            "the call does not change {count}"
        );
        state.count(count) == done
    })
}

/// A failed call did nothing, a part, or everything, but nothing twice.
#[track_caller]
fn assert_partial_state(state: &State, before: &State, after: &State, max_failures: i64) {
    for name in State::names([state, before, after]) {
        let (found, before, after) = (state.count(name), before.count(name), after.count(name));
        let max = match name {
            FAILURES => max_failures,
            // It goes with the account.
            "SWEEP" => 1,
            _ => before.max(after),
        };
        let is_in_range = (before.min(after)..=max).contains(&found);
        assert!(is_in_range, "{found} of {name:?}, not {before} or {after}");
    }
}

/// Both calls may be counted and logged. Everything else is as after a single call.
#[track_caller]
fn assert_final_state(state: &State, expected: &Expected, baseline: &Baseline, max_failures: i64) {
    let (once, twice) = (&baseline.first.state, &baseline.second.state);
    for name in State::names([state, once, twice]) {
        let (found, once, twice) = (state.count(name), once.count(name), twice.count(name));
        let is_expected = match name {
            // An attempt that was cut off stays counted.
            FAILURES => (once..=max_failures).contains(&found),
            // The repeat of a call that was counted and not done is counted as well.
            _ if name.starts_with("counted ") => (once..=twice.max(2 * once)).contains(&found),
            // A login whose answer was lost has opened a session that nobody has the token of.
            "DEVICE" => (once..=twice).contains(&found),
            _ if name.starts_with("logged ") => (once..=twice).contains(&found),
            _ => found == expected.state.count(name),
        };
        assert!(
            is_expected,
            "{found} of {name:?} after both, not {once} or {twice}"
        );
    }
    assert_eq!(state.texts(), expected.state.texts());
}

/// A token in a response must work.
async fn assert_token_works(server: &Server, reply: &Reply) -> Result<(), Timeout> {
    if let Some(token) = reply.body["session"]["token"].as_str() {
        let me = server.me(token).await;
        check_time_limit(&me)?;
        assert_eq!(me.status, 200, "{}", me.text);
    }
    Ok(())
}
