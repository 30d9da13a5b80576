//! How the cost of a call grows with the size of the table. With `--brief` the sizes are small and mean nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement takes times and prints, and a step that fails must end it"
)]

mod accounts;
mod report;
mod stream_writes;
mod task_lists;

use bench::arguments;

#[tokio::main]
async fn main() {
    let (tasks, accounts, writes, rounds) = if arguments::is_brief() {
        ([10, 100, 1_000], [1, 1_000], 1_000, 5)
    } else {
        ([10, 1_000, 100_000], [1, 1_000_000], 20_000, 200)
    };
    let mut calls = task_lists::measure(tasks, rounds).await;
    calls.extend(accounts::measure(accounts, rounds).await);
    report::print(&calls, rounds);
    println!();
    stream_writes::print(writes, rounds).await;
}
