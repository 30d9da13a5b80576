//! What the product costs in time, memory and size, as ratios to floors that are measured in the same run, turn by
//! turn: `cargo run -p bench --bin ratios`. It fails where instructions or sizes, which are the same in every run, are
//! far over their limit. With `--brief` times mean nothing, with `--built` it takes the binaries that are there, and
//! with `--profile NAME` it shows where one of them spends its calls.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and one that cannot be made has nothing to say"
)]

mod counted;
mod figures;
mod limits;
mod measured;
mod profiled;
mod repeated;
mod scene;

use std::process::ExitCode;

use bench::Builds;
use counted::Counted;
use measured::Rounds;
use scene::Scene;

const WHOLE: Rounds = Rounds {
    starts: 30,
    calls: 200,
};
const BRIEF: Rounds = Rounds {
    starts: 2,
    calls: 10,
};

#[tokio::main]
async fn main() -> ExitCode {
    let is_told = |word: &str| std::env::args().any(|argument| argument == word);
    if is_told("--profile") {
        let name = std::env::args().next_back().unwrap_or_default();
        let builds = if is_told("--built") {
            Builds::readable_made_before()
        } else {
            Builds::make_readable()
        };
        let scene = Scene::set(builds).await;
        profiled::print(&scene, &name).await;
        return ExitCode::SUCCESS;
    }
    let is_brief = is_told("--brief");
    let rounds = if is_brief { BRIEF } else { WHOLE };
    let builds = if is_told("--built") {
        Builds::made_before()
    } else {
        Builds::make()
    };
    let scene = Scene::set(builds).await;

    eprintln!("Starts, {} of each …", rounds.starts);
    let mut subjects = scene.subjects();
    measured::starts(&scene, &mut subjects, rounds).await;
    let mut over_tls = scene.subjects_over_tls();
    measured::starts(&scene, &mut over_tls, rounds).await;
    eprintln!("Calls, {} of each …", rounds.calls);
    let repeated = measured::calls(&scene, &mut subjects, rounds).await;
    eprintln!("Instructions …");
    let counted = Counted::here(&scene, &subjects).await;

    figures::print(&subjects, &over_tls, &repeated);
    if let Some(counted) = &counted {
        counted.print();
    }
    let missed = limits::print(&scene, &subjects, &over_tls, &repeated, counted.as_ref());
    for figure in &missed {
        eprintln!("Too much: {figure}.");
    }
    if missed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
