//! Calls that start, refresh, and end sessions.

use serde_json::json;

use super::case::{
    ACCOUNT, ATTEMPT, CHANGE_ACCOUNT, CLAIM, COUNT, Case, END_ALL_SESSIONS, END_SESSION, LOG,
    LOG_IN, READ, case,
};
use crate::{
    faults::fixture::{Fixture, Setup},
    harness::{Call, PASSWORD, Server},
};

pub fn all() -> Vec<Case> {
    let mut cases = of_one_session();
    cases.extend(of_all_sessions());
    cases
}

fn of_one_session() -> Vec<Case> {
    vec![
        case(
            "login",
            Setup::TwoFailures,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG_IN],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "login, hash upgraded",
            Setup::WeakHash,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG_IN, CHANGE_ACCOUNT],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "login, wrong password",
            Setup::TwoFailures,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG],
            |server, fixture| log_in(server, fixture, "not the right one"),
        ),
        case(
            "login, wrong after a quiet day",
            Setup::FailuresADayAgo,
            &[
                COUNT,
                CLAIM,
                ATTEMPT,
                ACCOUNT,
                "UpdateItem failures (2)",
                LOG,
            ],
            |server, fixture| log_in(server, fixture, "not the right one"),
        ),
        case(
            "login, unknown user",
            Setup::Empty,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "refresh",
            Setup::Account,
            &[
                READ,
                COUNT,
                "TransactWriteItems account, traded-in token, session, log entry",
            ],
            refresh,
        ),
        case(
            "refresh by a traded-in token",
            Setup::RotatedToken,
            &[READ, COUNT, END_SESSION],
            refresh,
        ),
        case(
            "`GET me` by a traded-in token",
            Setup::RotatedToken,
            &[READ, END_SESSION],
            |server, fixture| server.get("/api/auth/me").bearer(&fixture.user.token),
        ),
        case(
            "logout",
            Setup::Account,
            &[READ, END_SESSION],
            |server, fixture| server.post("/api/auth/logout").bearer(&fixture.user.token),
        ),
        case(
            "logout everywhere",
            Setup::Account,
            &[READ, END_ALL_SESSIONS],
            |server, fixture| {
                let call = server.post("/api/auth/logout").bearer(&fixture.user.token);
                call.json(&json!({"everywhere": true}))
            },
        ),
    ]
}

/// Of the list, and of other sessions than the one that calls.
fn of_all_sessions() -> Vec<Case> {
    vec![
        case(
            "`GET me/sessions`",
            Setup::TwoSessions,
            &[READ, "Query sessions"],
            |server, fixture| {
                let call = server.get("/api/auth/me/sessions");
                call.bearer(&fixture.user.token)
            },
        ),
        case(
            "`DELETE me/sessions/{id}`",
            Setup::TwoSessions,
            &[READ, END_SESSION],
            |server, fixture| {
                let path = format!("/api/auth/me/sessions/{}", fixture.other_session);
                server.call("DELETE", &path).bearer(&fixture.user.token)
            },
        )
        .done("taken off the list"),
        case(
            "`DELETE me/sessions`",
            Setup::TwoSessions,
            &[
                READ,
                COUNT,
                "TransactWriteItems account, session, log entry",
            ],
            |server, fixture| {
                let call = server.call("DELETE", "/api/auth/me/sessions");
                call.bearer(&fixture.user.token)
            },
        )
        .done("generation"),
    ]
}

fn log_in(server: &Server, fixture: &Fixture, password: &str) -> Call {
    let body = json!({"email": fixture.user.email, "password": password});
    server.post("/api/auth/login").json(&body)
}

fn refresh(server: &Server, fixture: &Fixture) -> Call {
    let call = server.post("/api/auth/refresh");
    call.bearer(&fixture.user.token)
}
