//! How the cost of a call grows with the size of the table. With `--brief` the sizes are small and mean nothing.
#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

mod accounts;
mod case;
mod report;
mod tables;
mod task_lists;

#[tokio::main]
async fn main() {
    let is_brief = std::env::args().any(|argument| argument == "--brief");
    let (tasks, accounts, rounds) = if is_brief {
        ([10, 100, 1_000], [1, 1_000], 5)
    } else {
        ([10, 1_000, 100_000], [1, 1_000_000], 200)
    };
    let mut cases = task_lists::measure(tasks, rounds).await;
    cases.extend(accounts::measure(accounts, rounds).await);
    report::print(&cases, rounds);
}
