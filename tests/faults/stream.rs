//! The functions of the stream, with every kind of fault at every store call. The stream brings an event
//! again whose record is reported as a failure.

use std::{fmt::Write, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use mailer::Ses;
use serde_json::{Value, json};

use super::{
    RETRIES,
    cell::Timeout,
    fixture::{Fixture, Setup},
    parallel::{block_on_new_runtime, run_parallel},
    state::State,
    table,
};
use crate::harness::{
    FakeSes, FaultPlan, Item, MAIL, PASSWORD, Persistence, Proxy, Server, StoreFault, stream_event,
};

const MARK: &str = "<!-- stream matrix -->\n";
/// The limit for one event with one record. The mailer tries the mark of a sent mail again for 11
/// seconds.
const TIME_LIMIT: Duration = Duration::from_secs(15);
const SEND: &str = "UpdateItem mail";
const SEND_FAREWELL: &str = "DeleteItem mail";

struct Row {
    name: &'static str,
    function: &'static str,
    /// The prefix of the sort key of the item that the event is about.
    item: &'static str,
    store_calls: &'static [&'static str],
    mails: usize,
    setup: fn() -> Vec<Item>,
}

const ROWS: [Row; 3] = [
    Row {
        name: "`mailer`",
        function: "mailer",
        item: "MAIL#",
        store_calls: &["BatchGetItem", SEND],
        mails: 1,
        setup: || block_on_new_runtime(signed_up()),
    },
    Row {
        name: "`mailer`, account deleted",
        function: "mailer",
        item: "MAIL#",
        store_calls: &["BatchGetItem", SEND_FAREWELL],
        mails: 1,
        setup: || block_on_new_runtime(deleted()),
    },
    Row {
        name: "`sweeper`",
        function: "sweeper",
        item: "SWEEP#",
        store_calls: &[
            "GetItem account",
            "Query all tasks of the user",
            "BatchWriteItem task count, task",
            "Query all tasks of the user (2)",
            "Query all of the user",
            "BatchWriteItem session, ticket, log entry, mail, sweep",
            "Query all of the user (2)",
            "TransactWriteItems account, e-mail claim, username claim, mail",
        ],
        mails: 0,
        setup: || block_on_new_runtime(deletion_begun()),
    },
];

async fn signed_up() -> Vec<Item> {
    let fixture = Fixture::make(Setup::Account).await;
    fixture.server().await.0.items().await
}

async fn deleted() -> Vec<Item> {
    let fixture = Fixture::make(Setup::Account).await;
    let (server, _) = fixture.server().await;
    let call = server.call("DELETE", "/api/auth/me");
    let call = call
        .bearer(&fixture.user.token)
        .json(&json!({"password": PASSWORD}));
    assert_eq!(call.send().await.status, 200);
    let mut items = server.items().await;
    items.retain(|item| text(item, "sk") != "LIMIT");
    items
}

async fn deletion_begun() -> Vec<Item> {
    let fixture = Fixture::make(Setup::WithTasks).await;
    let (server, _) = fixture.server().await;
    let (id, yes) = (&fixture.user.id, AttributeValue::Bool(true));
    server.set_account_attribute(id, "is_leaving", yes).await;
    let key = |name: &str, value: String| (name.to_owned(), AttributeValue::S(value));
    let sweep = [
        key("pk", format!("USER#{id}")),
        key("sk", "SWEEP#1".to_owned()),
    ];
    server.put(sweep.into()).await;
    server.items().await
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

struct Cell {
    row: usize,
    position: usize,
    fault: StoreFault,
    persistence: Persistence,
}

/// One product with the row's state in its table, and an event for one item of it.
struct Run<'a> {
    row: &'a Row,
    server: Server,
    proxy: Proxy,
    ses: FakeSes,
    event: Value,
}

impl<'a> Run<'a> {
    async fn start(row: &'a Row, items: &[Item]) -> Self {
        let ses = FakeSes::start().await;
        let client = Ses::to_local(&ses.endpoint()).without_pauses();
        let (server, proxy) = Server::with_timeouts_and_mailer(client, &MAIL).await;
        server.put_all(items).await;
        let mut found = items
            .iter()
            .filter(|item| text(item, "sk").starts_with(row.item));
        let item = found.next().unwrap();
        assert!(found.next().is_none(), "{} has one item", row.name);
        let record = ["pk", "sk"].map(|name| text(item, name).to_owned());
        let [pk, sk] = record;
        let event = stream_event([("INSERT".to_owned(), pk, sk)]);
        Self {
            row,
            server,
            proxy,
            ses,
            event,
        }
    }

    /// Whether the record is a failure, the number of mails that were sent, and the table afterwards.
    async fn invoke(&self) -> Result<(bool, usize, State), Timeout> {
        let call = self.server.invoke(self.row.function, self.event.clone());
        let answer = tokio::time::timeout(TIME_LIMIT, call).await;
        let answer = answer.map_err(|_| Timeout)?;
        self.proxy.wait_until_idle().await;
        self.server.assert_claims_and_accounts_agree().await;
        let is_failure = answer == json!({"batchItemFailures": [{"itemIdentifier": "1"}]});
        assert!(
            is_failure || answer == json!({"batchItemFailures": []}),
            "{answer}"
        );
        let state = State::of(&self.server.items().await);
        Ok((is_failure, self.ses.take_requests().len(), state))
    }
}

/// The table after an event without a fault, which is that after the same event twice.
async fn baseline(row: &Row, items: &[Item]) -> State {
    loop {
        let run = Run::start(row, items).await;
        run.proxy.clear();
        let Ok((false, mails, state)) = run.invoke().await else {
            continue;
        };
        let mut actual = run.proxy.store_calls();
        actual.sort();
        let mut documented = row.store_calls.to_vec();
        documented.sort_unstable();
        assert_eq!(actual, documented, "the store calls of {}", row.name);
        assert_eq!(mails, row.mails, "{}", row.name);
        let Ok((false, more, after)) = run.invoke().await else {
            continue;
        };
        assert_eq!((more, &after), (0, &state), "the same event again");
        return state;
    }
}

impl Cell {
    /// Returns the number of mails that were sent.
    async fn run(&self, row: &Row, items: &[Item], expected: &State) -> Result<usize, Timeout> {
        let run = Run::start(row, items).await;
        run.proxy.inject(FaultPlan {
            fault: self.fault,
            persistence: self.persistence,
            store_calls: row.store_calls.iter().map(|&it| it.to_owned()).collect(),
            position: self.position,
        });
        let (is_failure, mails, between) = run.invoke().await?;
        if run.proxy.fault_count() == 0 {
            return Err(Timeout);
        }
        if is_failure != (self.persistence == Persistence::Lasting) {
            assert!(is_failure, "a success with a store that fails");
            return Err(Timeout);
        }
        if !is_failure {
            assert_eq!(&between, expected, "the state contradicts the answer");
        }
        run.proxy.clear();
        let (is_failure, more, after) = run.invoke().await?;
        if is_failure {
            return Err(Timeout);
        }
        assert_eq!(&after, expected, "the next event finishes");
        let sent = mails + more;
        assert_eq!(sent, self.expected_mails(row));
        Ok(sent)
    }

    /// One, and another if SES took the mail and its mark was lost.
    fn expected_mails(&self, row: &Row) -> usize {
        let is_mark = [SEND, SEND_FAREWELL].contains(&row.store_calls[self.position]);
        let is_lost = self.persistence == Persistence::Lasting && !self.fault.is_executed(0);
        row.mails + usize::from(is_mark && is_lost)
    }
}

#[test]
fn a_fault_at_any_store_call_of_the_stream_loses_no_mail_and_no_deletion() {
    let rows = run_parallel(&ROWS, |row| {
        let items = (row.setup)();
        let expected = block_on_new_runtime(baseline(row, &items));
        (items, expected)
    });
    let rows: Vec<(Vec<Item>, State)> = rows
        .into_iter()
        .map(|row| row.expect("the event ends well without a fault"))
        .collect();
    let cells = cells();
    let run = |cell: &Cell| {
        let (items, expected) = &rows[cell.row];
        let mut outcome = Err(Timeout);
        // A busy machine may exceed the time limit.
        for _ in 0..=RETRIES {
            outcome = block_on_new_runtime(cell.run(&ROWS[cell.row], items, expected));
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    };
    let outcomes = run_parallel(&cells, run);
    let mut failed = Vec::new();
    for (cell, outcome) in cells.iter().zip(&outcomes) {
        if !matches!(outcome, Some(Ok(_))) {
            let row = &ROWS[cell.row];
            let (call, fault) = (row.store_calls[cell.position], cell.fault.name());
            let persistence = cell.persistence;
            failed.push(format!(
                "{}: {call}: {fault}, {persistence:?} → {outcome:?}",
                row.name
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let mails: Vec<usize> = outcomes.into_iter().flatten().flatten().collect();
    table::assert_page(MARK, &render(&cells, &mails));
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for persistence in [Persistence::Once, Persistence::Lasting] {
        for (row, it) in ROWS.iter().enumerate() {
            for (position, store_call) in it.store_calls.iter().enumerate() {
                let faults = StoreFault::ALL.into_iter();
                let faults = faults.filter(|fault| fault.applies_to(store_call));
                cells.extend(faults.map(|fault| Cell {
                    row,
                    position,
                    fault,
                    persistence,
                }));
            }
        }
    }
    cells
}

/// A sentence for all cells, and a table of the rows in which a mail may be sent twice.
fn render(cells: &[Cell], mails: &[usize]) -> String {
    let half = cells.len() / 2;
    let requests: usize = ROWS.iter().map(|row| row.store_calls.len()).sum();
    let names = StoreFault::ALL.map(StoreFault::name);
    let mut text = format!(
        "\nOne request fails: in all {half} cells ({requests} store calls) the event ends well. All requests fail from one on: in all\n\
         {half} cells the event's record is a failure, and the next event finishes. Mails sent, where it is not always one:\n\n\
         | function | store call | {} |\n{}|\n",
        names.join(" | "),
        "| --- ".repeat(2 + names.len()),
    );
    for (row, it) in ROWS.iter().enumerate() {
        for (position, store_call) in it.store_calls.iter().enumerate() {
            let found = cells.iter().zip(mails).filter(|(cell, _)| {
                cell.persistence == Persistence::Lasting
                    && (cell.row, cell.position) == (row, position)
            });
            if found.clone().all(|(_, &sent)| sent == it.mails) {
                continue;
            }
            write!(text, "| {} | {store_call} |", it.name).unwrap();
            for fault in StoreFault::ALL {
                match found.clone().find(|(cell, _)| cell.fault == fault) {
                    None => text.push_str(" – |"),
                    Some((_, sent)) => write!(text, " {sent} |").unwrap(),
                }
            }
            text.push('\n');
        }
    }
    text.push('\n');
    text
}
