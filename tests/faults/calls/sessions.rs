//! Calls that begin, renew and end sessions.

use serde_json::json;

use super::case::{
    ACCOUNT, ATTEMPT, CHANGE_ACCOUNT, CLAIM, COUNT, Case, END_ALL, END_ONE, LOG, LOG_AND_FORGET,
    READ, case,
};
use crate::{
    faults::fixture::{Fixture, Ready},
    harness::{Call, PASSWORD, Server},
};

pub fn all() -> Vec<Case> {
    vec![
        case(
            "login",
            Ready::AfterFailures,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG_AND_FORGET],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "login, hash upgraded",
            Ready::WeakHash,
            &[
                COUNT,
                CLAIM,
                ATTEMPT,
                ACCOUNT,
                LOG_AND_FORGET,
                CHANGE_ACCOUNT,
            ],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "login, wrong password",
            Ready::AfterFailures,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG],
            |server, fixture| log_in(server, fixture, "not the right one"),
        ),
        case(
            "login, wrong after a quiet day",
            Ready::AfterAQuietDay,
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
            Ready::Nobody,
            &[COUNT, CLAIM, ATTEMPT, ACCOUNT, LOG],
            |server, fixture| log_in(server, fixture, PASSWORD),
        ),
        case(
            "refresh",
            Ready::Member,
            &[
                READ,
                COUNT,
                "TransactWriteItems account, traded-in token, log entry",
            ],
            refresh,
        ),
        case(
            "refresh by a traded-in token",
            Ready::TradedIn,
            &[READ, COUNT, END_ONE],
            refresh,
        ),
        case(
            "`GET me` by a traded-in token",
            Ready::TradedIn,
            &[READ, END_ONE],
            |server, fixture| server.get("/api/auth/me").bearer(&fixture.member.token),
        ),
        case(
            "logout",
            Ready::Member,
            &[READ, END_ONE],
            |server, fixture| {
                server
                    .post("/api/auth/logout")
                    .bearer(&fixture.member.token)
            },
        ),
        case(
            "logout everywhere",
            Ready::Member,
            &[READ, END_ALL],
            |server, fixture| {
                let call = server
                    .post("/api/auth/logout")
                    .bearer(&fixture.member.token);
                call.json(&json!({"everywhere": true}))
            },
        ),
    ]
}

fn log_in(server: &Server, fixture: &Fixture, password: &str) -> Call {
    let body = json!({"email": fixture.member.email, "password": password});
    server.post("/api/auth/login").json(&body)
}

fn refresh(server: &Server, fixture: &Fixture) -> Call {
    let call = server.post("/api/auth/refresh");
    call.bearer(&fixture.member.token)
}
