//! The command `cargo operator`. `arguments.rs` has its `--help`.

mod acts;
mod arguments;
mod ask;
mod failure;
mod interruption;
mod output;
mod place;
mod signals;
mod users;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};

use arguments::{Arguments, Command};
use failure::Failure;
use output::{Output, tell};
use place::Connected;
use signals::Signals;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    if let Command::Completions { shell } = arguments.command {
        // Into memory first: the generator panics when the reader closes the pipe.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "operator", &mut script);
        return exit_code(output::write_all(&script));
    }
    if let Err(wrong) = place::require_one(&mut arguments.place) {
        Arguments::command()
            .error(ErrorKind::MissingRequiredArgument, wrong)
            .exit();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(&format!(
                "error: the async runtime could not be built: {error}"
            ));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(async {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => {
                tell(&format!("error: signals cannot be heard: {error}"));
                return ExitCode::FAILURE;
            }
        };
        tokio::select! {
            // In this order: a signal is heard before anything has begun.
            biased;
            code = signals.heard() => {
                for line in interruption::lines(&arguments.command) {
                    tell(line);
                }
                ExitCode::from(code)
            }
            outcome = run(&arguments) => exit_code(outcome),
        }
    });
    // A question may still be waiting for its answer, or a reader for the rest of the output.
    runtime.shutdown_background();
    code
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let connected = Connected::to(&arguments.place).await?;
    let output = Output {
        json: arguments.json,
    };
    acts::run(&connected, output, &arguments.command).await
}

fn exit_code(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}
