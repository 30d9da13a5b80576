//! Writes to the embedded store while its stream is polled, as in `cargo dev`.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bench::{environment::TABLE, statistics::median};
use dynoxide::Database;
use local::{
    database,
    functions::Functions,
    stream::{Poller, Polling, Stream, Trimmer, pattern::Pattern},
    template::{Function, StreamSource, Table, Template},
};
use serde_json::json;

use crate::report::grouped;

/// A put of the same form and size, at the start and behind `writes` others.
pub async fn print(writes: usize, rounds: usize) {
    let table = Template::read().unwrap().table;
    println!(
        "| store | stream | first {rounds} puts | after {} | ÷ |",
        grouped(&writes)
    );
    println!("| --- | --- | --- | --- | --- |");
    for is_file in [false, true] {
        for has_stream in [false, true] {
            let store = if is_file { "file" } else { "memory" };
            eprintln!("{writes} writes, {store}, {} …", on_or_off(has_stream));
            let table = if has_stream {
                table.clone()
            } else {
                table.without_stream()
            };
            let folder = tempfile::tempdir().unwrap();
            let file = is_file.then(|| folder.path().join("db"));
            let [first, last] = measure(file.as_deref(), &table, writes, rounds).await;
            let ratio = last.as_secs_f64() / first.as_secs_f64();
            let [first, last] = [first, last].map(|time| time.as_secs_f64() * 1e3);
            let stream = on_or_off(has_stream);
            println!("| {store} | {stream} | {first:.3} ms | {last:.3} ms | {ratio:.2} |");
        }
    }
}

async fn measure(
    file: Option<&Path>,
    table: &Table,
    writes: usize,
    rounds: usize,
) -> [Duration; 2] {
    let database = match file {
        Some(file) => database::open_file(file, table, TABLE),
        None => database::open_memory(table, TABLE),
    };
    let database = database.unwrap();
    let has_stream = table.stream_specification.is_some();
    let polling = has_stream.then(|| poll(&database, file));
    let mut written = 0;
    let mut run = |count: usize| {
        let mut times = Vec::new();
        for number in written..written + count {
            times.push(put(&database, number));
            if let Some(polling) = &polling {
                polling.wake().wake();
            }
        }
        written += count;
        median(&times)
    };
    let first = run(rounds);
    run(writes);
    let last = run(rounds);
    if let Some(polling) = polling {
        polling.stop().await;
    }
    [first, last]
}

/// For two functions, neither of which wants the records of these writes, as most are wanted by none.
fn poll(database: &Database, file: Option<&Path>) -> Polling {
    let trimmer = file.map(|file| Trimmer::open(file, TABLE).unwrap());
    let function = |binary: &str| Function {
        logical_id: binary.to_owned(),
        binary: binary.to_owned(),
        routes: vec![],
        stream: Some(StreamSource {
            batch_size: 10,
            filters: vec![Pattern::parse(r#"{"eventName": ["REMOVE"]}"#).unwrap()],
        }),
    };
    Poller::new(Stream::of(database, TABLE).unwrap())
        .trimming(trimmer)
        .start(&Functions::default(), &["mailer", "sweeper"].map(function))
}

fn put(database: &Database, number: usize) -> Duration {
    let item = json!({"TableName": TABLE, "Item": {
        "pk": {"S": format!("USER#{:08}", number % 100)},
        "sk": {"S": format!("LOG#{number:08}")},
        "action": {"S": "login"},
    }});
    let request = serde_json::from_value(item).unwrap();
    let sent = Instant::now();
    database.put_item(request).unwrap();
    sent.elapsed()
}

fn on_or_off(has_stream: bool) -> &'static str {
    if has_stream { "on" } else { "off" }
}
