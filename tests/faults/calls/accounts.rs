//! Calls that create, read, change, and delete an account.

use serde_json::{Value, json};

use super::case::{
    ATTEMPT, CHANGE_ACCOUNT, CLEAR_FAILURES, COUNT, Case, END_ALL_SESSIONS, READ, case,
};
use crate::{
    faults::fixture::{Fixture, NEW_PASSWORD, Setup},
    harness::{Call, PASSWORD, Server},
};

pub const DELETION: &str = "`DELETE me`";

pub fn all() -> Vec<Case> {
    vec![
        case(
            "sign-up",
            Setup::Empty,
            &[
                COUNT,
                "TransactWriteItems account, e-mail claim, username claim, log entry, session, mail, ticket",
            ],
            |server, fixture| {
                let body =
                    json!({"email": fixture.user.email, "password": PASSWORD, "username": "ada"});
                server.post("/api/auth/signup").json(&body)
            },
        )
        .done("ACCOUNT")
        .then_log_in_by(PASSWORD),
        case("`GET me`", Setup::Account, &[READ], |server, fixture| {
            server.get("/api/auth/me").bearer(&fixture.user.token)
        }),
        case(
            "`GET me/activity`",
            Setup::Account,
            &[READ, "Query log"],
            |server, fixture| {
                let call = server.get("/api/auth/me/activity");
                call.bearer(&fixture.user.token)
            },
        ),
        case(
            "`GET me/export`",
            Setup::WithTasks,
            &[READ, "Query sessions", "Query log", "Query tasks"],
            |server, fixture| {
                let call = server.get("/api/auth/me/export");
                call.bearer(&fixture.user.token)
            },
        ),
        case(
            "`PATCH me`, names",
            Setup::Account,
            &[READ, CHANGE_ACCOUNT],
            |server, fixture| patch_me(server, fixture, &json!({"lastName": "Lovelace"})),
        ),
        case(
            "`PATCH me`, username",
            Setup::Account,
            &[
                READ,
                COUNT,
                "TransactWriteItems account, username claim, username claim",
            ],
            |server, fixture| patch_me(server, fixture, &json!({"username": "countess"})),
        ),
        case(
            "`POST me/password`",
            Setup::TwoFailures,
            &[
                READ,
                ATTEMPT,
                CLEAR_FAILURES,
                COUNT,
                "TransactWriteItems account, session, log entry, mail",
            ],
            |server, fixture| change_password(server, fixture, PASSWORD),
        )
        .done("generation")
        .then_log_in_by(NEW_PASSWORD),
        case(
            "`POST me/password`, wrong",
            Setup::TwoFailures,
            &[READ, ATTEMPT, END_ALL_SESSIONS],
            |server, fixture| change_password(server, fixture, "not the right one"),
        ),
        case(
            DELETION,
            Setup::WithTasks,
            &[
                READ,
                ATTEMPT,
                CLEAR_FAILURES,
                "TransactWriteItems account, sweep",
                "Query all tasks of the user",
                "BatchWriteItem task count, task",
                "Query all tasks of the user (2)",
                "Query all of the user",
                "BatchWriteItem session, ticket, log entry, mail, sweep",
                "Query all of the user (2)",
                "TransactWriteItems account, e-mail claim, username claim, mail",
            ],
            |server, fixture| {
                let call = server.call("DELETE", "/api/auth/me");
                call.bearer(&fixture.user.token)
                    .json(&json!({"password": PASSWORD}))
            },
        )
        .done("ACCOUNT"),
    ]
}

fn patch_me(server: &Server, fixture: &Fixture, body: &Value) -> Call {
    let call = server.call("PATCH", "/api/auth/me");
    call.bearer(&fixture.user.token).json(body)
}

fn change_password(server: &Server, fixture: &Fixture, current: &str) -> Call {
    let body = json!({"current_password": current, "new_password": NEW_PASSWORD});
    let call = server.post("/api/auth/me/password");
    call.bearer(&fixture.user.token).json(&body)
}
