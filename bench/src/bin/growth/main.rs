//! How the cost of a call grows with the table: `cargo run --release -p bench --bin growth`. With `--brief` it
//! only shows that all of it runs.
#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and one that cannot be made has nothing to say"
)]

mod backlog;
mod crowd;
mod figures;
mod subject;
mod table;
mod turns;

use backlog::Backlog;
use crowd::Crowd;
use subject::Subject;

struct Extent {
    /// Of three users.
    tasks: [usize; 3],
    /// In two tables.
    accounts: [usize; 2],
    turns: usize,
}

const WHOLE: Extent = Extent {
    tasks: [10, 1_000, 100_000],
    accounts: [1, 1_000_000],
    turns: 200,
};
const BRIEF: Extent = Extent {
    tasks: [10, 100, 1_000],
    accounts: [1, 1_000],
    turns: 5,
};

#[tokio::main]
async fn main() {
    let is_brief = std::env::args().any(|argument| argument == "--brief");
    let extent = if is_brief { BRIEF } else { WHOLE };

    let mut all = lists(&extent).await;
    all.extend(accounts(&extent).await);
    figures::print(&all, extent.turns);
}

async fn lists(extent: &Extent) -> Vec<Subject> {
    eprintln!("Tasks, {:?} of three users …", extent.tasks);
    let backlog = Backlog::pile_up(extent.tasks).await;
    let mut all = Vec::new();
    for (name, query) in [
        ("list, newest first", ""),
        ("list, `sort=due_date`", "?sort=due_date"),
        ("list, `q=` that one in 100 has", "?q=MOTH"),
    ] {
        let mut sizes = backlog.subjects(name, query);
        turns::take(&mut sizes, extent.turns).await;
        all.append(&mut sizes);
    }
    all
}

async fn accounts(extent: &Extent) -> Vec<Subject> {
    let mut crowds = Vec::new();
    for count in extent.accounts {
        eprintln!("Accounts, {count} in a table …");
        crowds.push(Crowd::gather(count).await);
    }
    let subject_of = |crowd: &Crowd| crowd.logging_in(extent.turns);
    let mut logins: Vec<Subject> = crowds.iter().map(subject_of).collect();
    turns::take(&mut logins, extent.turns).await;

    // Whoever has logged in asks who they are.
    let subject_of = |(crowd, login): (&Crowd, &Subject)| crowd.asking_who(login);
    let mut mes: Vec<Subject> = crowds.iter().zip(&logins).map(subject_of).collect();
    turns::take(&mut mes, extent.turns).await;
    logins.append(&mut mes);
    logins
}
