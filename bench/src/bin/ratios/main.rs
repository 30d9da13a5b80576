//! The cost of the product in time, memory and size, as ratios to floors that are measured in the same run. Fails when
//! instructions or sizes, which are the same in every run, are over their limit.
#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and a step that fails must end it"
)]

mod instructions;
mod limits;
mod report;
mod samples;
mod targets;
mod testbed;
mod timing;

use std::process::ExitCode;

use bench::arguments;

use instructions::count_instructions;
use samples::Samples;
use testbed::Testbed;

/// `--brief` measures only a few of each, so that times mean nothing; instructions and sizes do.
#[tokio::main]
async fn main() -> ExitCode {
    let testbed = Testbed::start().await;
    let targets = testbed.targets();
    let mut samples = Samples::default();
    let (starts, calls) = if arguments::is_brief() {
        (2, 10)
    } else {
        (30, 200)
    };
    eprintln!("Starts, {starts} of each …");
    timing::starts(&testbed, &targets, starts, &mut samples).await;
    eprintln!("Calls, {calls} of each …");
    timing::calls(&testbed, &targets, calls, &mut samples).await;
    eprintln!("Instructions …");
    count_instructions(&testbed, &targets, &mut samples).await;
    report::print(&targets, &samples);
    if limits::print(&samples) {
        return ExitCode::SUCCESS;
    }
    eprintln!("Instructions or sizes are over a limit: see \"NOT met\" above.");
    ExitCode::FAILURE
}
