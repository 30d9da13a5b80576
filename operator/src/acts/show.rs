//! Shows one account: state, sessions, tasks, failed logins, and the last entries of its log.

use serde::Serialize;
use shared::{
    Context, Timestamp,
    account::{Account, AccountState},
    audit::{Entry, Trace},
    native::ListedSession,
    store::{CountedFailures, SessionRecord, Store, keys},
};

use super::find::yes_or_no;
use crate::{
    arguments::User,
    failure::Failure,
    output::{AccountJson, Output, fields, is_undeliverable, rows, state},
    place::Connected,
    users,
};

#[derive(Serialize)]
struct Shown<'a> {
    account: AccountJson<'a>,
    tasks: i64,
    sessions: Vec<ListedSession<'a>>,
    /// Null where the secret is not known.
    failed_logins: Option<FailedLogins>,
    log: &'a [Entry],
}

#[derive(Serialize)]
struct FailedLogins {
    by_email: Option<Failures>,
    by_username: Option<Failures>,
}

#[derive(Serialize)]
struct Failures {
    count: i64,
    last_at: Timestamp,
    /// The next login is let through from then on.
    free_at: Timestamp,
}

pub async fn show(
    connected: &Connected,
    output: Output,
    user: &User,
    log: u16,
) -> Result<(), Failure> {
    let app = &connected.app;
    let store = &app.store;
    let account = users::find_one(store, user).await?;
    let trace = Trace::new(String::new(), None, None);
    let context = Context { app, trace: &trace };
    let now = context.now();
    let max_age = app.settings.session_max_age_seconds;
    let sessions = match account.state() {
        AccountState::Active => store.live_sessions(&account, max_age, now).await?,
        AccountState::Suspended | AccountState::BeingDeleted => Vec::new(),
    };
    let kept_seconds = app.settings.log_retention_seconds();
    let oldest = Timestamp::from_seconds(now.seconds() - kept_seconds);
    let log = match usize::from(log) {
        0 => Vec::new(),
        most => {
            let page = store
                .audit_page(account.id, None, oldest, now, most)
                .await?;
            page.entries
        }
    };
    let shown = Shown {
        account: AccountJson::from(&account),
        tasks: tasks(store, &account).await?,
        sessions: sessions.iter().map(ListedSession::from).collect(),
        failed_logins: if connected.knows_secret {
            Some(failed_logins(context, &account).await?)
        } else {
            None
        },
        log: &log,
    };
    let text = || text(&account, &shown, &sessions);
    output.print(&shown, text).await
}

/// The count that bounds them.
async fn tasks(store: &Store, account: &Account) -> Result<i64, Failure> {
    let counted = store
        .client()
        .get_item()
        .table_name(store.table())
        .set_key(Some(keys::task_count(account.id)))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| Failure::from(shared::store::from_sdk(&error)))?;
    let count = counted.item().and_then(|item| item.get("tasks"));
    let count = count.and_then(|count| count.as_n().ok()?.parse().ok());
    Ok(count.unwrap_or_default())
}

async fn failed_logins(context: Context<'_>, account: &Account) -> Result<FailedLogins, Failure> {
    let (app, now) = (context.app, context.now());
    let free = app.settings.limits.login_free_failures;
    let json = |counted: CountedFailures| Failures {
        count: counted.failures,
        last_at: counted.last_at,
        free_at: counted.free_at(free),
    };
    let [by_email, by_username] = context.failures_of_names(account);
    Ok(FailedLogins {
        by_email: app.store.failures(&by_email, now).await?.map(json),
        by_username: app.store.failures(&by_username, now).await?.map(json),
    })
}

fn text(account: &Account, shown: &Shown<'_>, sessions: &[SessionRecord]) -> String {
    let or_none = |text: Option<&String>| text.map_or("-", String::as_str).to_owned();
    let failures = |failures: Option<&Failures>| {
        failures.map_or_else(
            || "none".to_owned(),
            |it| {
                format!(
                    "{}, the last at {}; free at {}",
                    it.count, it.last_at, it.free_at
                )
            },
        )
    };
    let email = match (account.email_verified, is_undeliverable(account)) {
        (verified, false) => yes_or_no(verified),
        (true, true) => "yes, but mails come back",
        (false, true) => "no, and mails come back",
    };
    let mut described = vec![
        ("id", account.id.to_string()),
        ("e-mail", account.email.clone()),
        ("verified", email.to_owned()),
        ("username", account.username.clone()),
        ("first name", or_none(account.first_name.as_ref())),
        ("last name", or_none(account.last_name.as_ref())),
        ("state", state(account).to_owned()),
        ("created", account.created_at.to_string()),
        ("updated", account.updated_at.to_string()),
        ("tasks", shown.tasks.to_string()),
    ];
    match &shown.failed_logins {
        Some(failed) => described.extend([
            ("failures by e-mail", failures(failed.by_email.as_ref())),
            (
                "failures by username",
                failures(failed.by_username.as_ref()),
            ),
        ]),
        None => described.push(("failed logins", "not known without the secret".to_owned())),
    }
    let mut text = fields(described);
    text.push_str("\nSessions\n");
    text.push_str(&rows(
        [
            "ID",
            "CREATED",
            "LAST USED",
            "EXPIRES",
            "ADDRESS",
            "USER AGENT",
        ],
        sessions.iter().map(|session| {
            [
                session.id.to_string(),
                session.created_at.to_string(),
                session.last_used_at.to_string(),
                Timestamp::from_seconds(session.expires_at).to_string(),
                or_none(session.ip.as_ref()),
                or_none(session.user_agent.as_ref()),
            ]
        }),
    ));
    text.push_str("\nLog\n");
    text.push_str(&rows(
        [
            "TIME",
            "ACTION",
            "OUTCOME",
            "ADDRESS",
            "USER AGENT",
            "OPERATOR",
        ],
        shown.log.iter().map(|entry| {
            let failed = || entry.error_message.clone().unwrap_or("failed".to_owned());
            [
                entry.timestamp.to_string(),
                entry.action.as_str().to_owned(),
                if entry.success {
                    "ok".to_owned()
                } else {
                    failed()
                },
                or_none(entry.ip.as_ref()),
                or_none(entry.user_agent.as_ref()),
                or_none(entry.operator.as_ref()),
            ]
        }),
    ));
    text
}
