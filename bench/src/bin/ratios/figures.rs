//! What was seen, in units.

use std::time::Duration;

use bench::{median, mib, micros, millis, p99};
use local::template::workspace_root;

use crate::{repeated::Repeated, scene::Subject};

pub fn print(subjects: &[Subject], over_tls: &[Subject], repeated: &Repeated) {
    println!(
        "| | start: CPU | start: wall | page faults | first call | a call: CPU, p99 | a call: wall, p99 \
         | requests | peak | binary |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for subject in subjects.iter().chain(over_tls) {
        println!("{}", row(subject));
    }
    println!(
        "\nBy themselves: one hash (F3) {}, one by the product {}, one check of a token {}, one bare check (F4) {}. The list of \
         passwords is {} in a binary.\n",
        millis(repeated.hash),
        millis(repeated.product_hash),
        micros(repeated.token_check),
        micros(repeated.bare_check),
        mib(list_bytes()),
    );
}

/// What a function that knows the list has it as: the file, byte by byte.
pub fn list_bytes() -> u64 {
    let list = workspace_root().join("shared/src/account/password/words.txt");
    list.metadata().unwrap().len()
}

fn row(subject: &Subject) -> String {
    let measured = &subject.measured;
    let both = |times: &[Duration]| match times {
        [] => "–".to_owned(),
        times => format!("{}, {}", millis(median(times)), millis(p99(times))),
    };
    let (requests, peak) = if measured.cpu_of_calls.is_empty() {
        ("–".to_owned(), "–".to_owned())
    } else {
        let requests = measured.requests_of_a_call.to_string();
        (requests, mib(measured.peak_memory * 1024))
    };
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {requests} | {peak} | {} |",
        subject.name,
        millis(measured.start(|start| start.cpu)),
        millis(measured.start(|start| start.wall)),
        measured.start(|start| start.page_faults),
        millis(median(&measured.first_calls)),
        both(&measured.cpu_of_calls),
        both(&measured.wall_of_calls),
        mib(subject.bytes),
    )
}
