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
mod testbed;
mod timing;

use std::process::ExitCode;

use bench::{
    binaries::{Binaries, Symbols},
    valgrind,
};
use lexopt::prelude::Long;

use instructions::count_instructions;
use samples::Samples;
use testbed::Testbed;

const HELP: &str = "\
Usage: cargo run -p bench --bin ratios -- [--brief] [--built] [--profile NAME]

  --brief         only a few of each, so that times mean nothing; instructions and sizes do
  --built         measure the binaries of the last run instead of building them
  --profile NAME  no measurement: profile the calls of one row, for example \"tasks: create\"";

#[derive(Default)]
struct Arguments {
    brief: bool,
    built: bool,
    profile: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match parse(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let symbols = match arguments.profile {
        Some(_) => Symbols::Kept,
        None => Symbols::Stripped,
    };
    let binaries = if arguments.built {
        Binaries::built_before(symbols)
    } else {
        Binaries::build(symbols)
    };
    let testbed = Testbed::start(binaries).await;
    if let Some(name) = &arguments.profile {
        print_profile(&testbed, name).await;
        return ExitCode::SUCCESS;
    }

    let targets = testbed.targets();
    let mut samples = Samples::default();
    let (starts, calls) = if arguments.brief { (2, 10) } else { (30, 200) };
    eprintln!("Starts, {starts} of each …");
    timing::starts(&testbed, &targets, starts, &mut samples).await;
    eprintln!("Calls, {calls} of each …");
    timing::calls(&testbed, &targets, calls, &mut samples).await;
    eprintln!("Instructions …");
    count_instructions(&testbed, &targets, &mut samples).await;
    report::print(&targets, &samples);
    let exceeded = limits::print(&samples);
    for figure in &exceeded {
        eprintln!("Over its limit: {figure}");
    }
    if exceeded.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn print_profile(testbed: &Testbed, name: &str) {
    let targets = testbed.targets();
    let Some(target) = targets.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
        panic!("--profile takes one of: {}", names.join("; "));
    };
    assert!(valgrind::is_installed(), "--profile needs valgrind");
    // So many that the start is a small part of the profile.
    let events = testbed.events(target.call, 100).await;
    let file = valgrind::profile(&target.binary, &target.environment, &events).await;
    println!("callgrind_annotate --inclusive=yes {}", file.display());
}

fn parse(mut parser: lexopt::Parser) -> Result<Arguments, lexopt::Error> {
    let mut arguments = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("brief") => arguments.brief = true,
            Long("built") => arguments.built = true,
            Long("profile") => arguments.profile = Some(parser.value()?.to_string_lossy().into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}
