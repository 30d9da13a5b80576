//! The command `cargo operator`. `arguments.rs` has its `--help`.

mod acts;
mod arguments;
mod ask;
mod failure;
mod output;
mod place;
mod users;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};

use arguments::{Arguments, Command};
use failure::Failure;
use output::{Output, tell};
use place::Connected;

/// As shells report a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    if let Command::Completions { shell } = arguments.command {
        clap_complete::generate(
            shell,
            &mut Arguments::command(),
            "operator",
            &mut std::io::stdout(),
        );
        return ExitCode::SUCCESS;
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
        tokio::select! {
            // In this order: Ctrl-C is heard before anything has begun.
            biased;
            _ = tokio::signal::ctrl_c() => {
                tell(arguments.command.when_interrupted());
                ExitCode::from(INTERRUPTED)
            }
            outcome = run(&arguments) => match outcome {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => {
                    tell(&failure.to_string());
                    ExitCode::FAILURE
                }
            },
        }
    });
    // A question may still be waiting for its answer.
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
