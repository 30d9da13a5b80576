//! Calls that owe a mail or use a link.

use serde_json::{Value, json};

use super::case::{
    ACCOUNT, ATTEMPT, CLAIM, CLEAR_FAILURES, COUNT, Case, END_ALL_SESSIONS, READ, case,
};
use crate::{
    faults::fixture::{Fixture, NEW_EMAIL, NEW_PASSWORD, Setup},
    harness::{Call, PASSWORD, Server},
};

const COUNT_2: &str = "UpdateItem counter (2)";
const COUNT_3: &str = "UpdateItem counter (3)";
const OWE_LINK: &str = "TransactWriteItems account, mail, ticket";
const USE_LINK: &str = "TransactWriteItems account, ticket, log entry";

pub fn all() -> Vec<Case> {
    let mut cases = strict();
    cases.extend(forgotten_passwords());
    cases.extend(emails());
    cases
}

/// Where e-mails must be verified.
fn strict() -> Vec<Case> {
    let log_in: fn(&Server, &Fixture) -> Call = |server, fixture| {
        let body = json!({"email": fixture.user.email, "password": PASSWORD});
        server.post("/api/auth/login").json(&body)
    };
    vec![
        case(
            "sign-up, to be verified",
            Setup::StrictEmpty,
            &[
                COUNT,
                CLAIM,
                COUNT_2,
                "TransactWriteItems account, e-mail claim, username claim, log entry, mail, ticket",
            ],
            |server, fixture| sign_up(server, fixture, "ada"),
        )
        .done("ACCOUNT"),
        case(
            "sign-up, e-mail taken in silence",
            Setup::StrictNew,
            &[
                COUNT,
                CLAIM,
                COUNT_2,
                "TransactWriteItems username claim, account, mail, decoy, decoy, decoy",
            ],
            |server, fixture| sign_up(server, fixture, "countess"),
        )
        .done("mail email-taken"),
        case(
            "login, unverified, link due",
            Setup::StrictOld,
            &[
                COUNT,
                CLAIM,
                ATTEMPT,
                ACCOUNT,
                "GetItem ticket",
                COUNT_2,
                "TransactWriteItems account, log entry, mail, ticket, failures",
            ],
            log_in,
        )
        .done("mail verify-email"),
        case(
            "login, unverified",
            Setup::StrictNew,
            &[
                COUNT,
                CLAIM,
                ATTEMPT,
                ACCOUNT,
                "GetItem ticket",
                "TransactWriteItems account, log entry, failures",
            ],
            log_in,
        ),
    ]
}

fn forgotten_passwords() -> Vec<Case> {
    let forget: fn(&Server, &Fixture) -> Call = |server, fixture| {
        let body = json!({"email": fixture.user.email});
        server.post("/api/auth/password/forgot").json(&body)
    };
    let requests: &[&str] = &[COUNT, CLAIM, COUNT_2, COUNT_3, ACCOUNT, OWE_LINK];
    let forgotten = |name, setup| case(name, setup, requests, forget).done("mail reset-password");
    vec![
        forgotten("`POST password/forgot`", Setup::Account),
        forgotten("`POST password/forgot`, unknown", Setup::Empty),
        forgotten("`POST password/forgot`, suspended", Setup::Suspended),
        case(
            "`POST password/reset`",
            Setup::Forgotten,
            &[READ, "TransactWriteItems account, ticket, mail, log entry"],
            |server, fixture| {
                let body = json!({"token": fixture.link, "new_password": NEW_PASSWORD});
                server.post("/api/auth/password/reset").json(&body)
            },
        )
        .done("generation")
        .then_log_in_by(NEW_PASSWORD),
    ]
}

fn emails() -> Vec<Case> {
    let requests: &[&str] = &[
        READ,
        COUNT,
        ATTEMPT,
        CLEAR_FAILURES,
        COUNT_2,
        CLAIM,
        COUNT_3,
        "TransactWriteItems account, mail, ticket, mail",
    ];
    vec![
        case(
            "`POST email/resend`",
            Setup::Account,
            &[READ, COUNT, COUNT_2, OWE_LINK],
            |server, fixture| {
                let call = server.post("/api/auth/email/resend");
                call.bearer(&fixture.user.token)
            },
        )
        .done("mail verify-email"),
        case(
            "`POST email/verify`",
            Setup::Account,
            &[READ, USE_LINK],
            verify,
        )
        .done("LINK"),
        case(
            "`POST email/verify`, new e-mail",
            Setup::NewEmailAskedFor,
            &[
                READ,
                "TransactWriteItems account, ticket, e-mail claim, e-mail claim, mail, log entry",
            ],
            verify,
        )
        .done("LINK"),
        case(
            "`POST me/email`",
            Setup::Account,
            requests,
            |server, fixture| change_email(server, fixture, PASSWORD),
        )
        .done("mail change-email"),
        case(
            "`POST me/email`, taken",
            Setup::NewEmailTaken,
            requests,
            |server, fixture| change_email(server, fixture, PASSWORD),
        )
        .done("mail email-taken"),
        case(
            "`POST me/email`, wrong password",
            Setup::Account,
            &[READ, COUNT, ATTEMPT, END_ALL_SESSIONS],
            |server, fixture| change_email(server, fixture, "not the right one"),
        ),
    ]
}

fn sign_up(server: &Server, fixture: &Fixture, username: &str) -> Call {
    let body = json!({"email": fixture.user.email, "password": PASSWORD, "username": username});
    server.post("/api/auth/signup").json(&body)
}

fn verify(server: &Server, fixture: &Fixture) -> Call {
    let body: Value = json!({"token": fixture.link});
    server.post("/api/auth/email/verify").json(&body)
}

fn change_email(server: &Server, fixture: &Fixture, password: &str) -> Call {
    let body = json!({"new_email": NEW_EMAIL, "password": password});
    let call = server.post("/api/auth/me/email");
    call.bearer(&fixture.user.token).json(&body)
}
