//! The output: tables for people, one JSON document for programs.

mod account;
mod escaping_json;
mod outcome;
mod table;
mod visible;

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::{failure::Failure, interruption::act_ends};

pub use account::{AccountJson, is_undeliverable, state};
pub use escaping_json::EscapingJson;
pub use table::{fields, rows};
pub use visible::visible;

/// Standard output, in the form that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// The one document of a command, once its act is done. On a thread of its own: Ctrl-C is heard
    /// while a reader of the output lets it wait.
    pub async fn print(
        self,
        json: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        act_ends();
        let mut document = if self.json {
            let mut bytes = Vec::new();
            let mut serializer =
                serde_json::Serializer::with_formatter(&mut bytes, EscapingJson::indented());
            json.serialize(&mut serializer)
                .map_err(|error| not_written(&error))?;
            bytes
        } else {
            text().into_bytes()
        };
        if !document.ends_with(b"\n") {
            document.push(b'\n');
        }
        let written = spawn_blocking(move || write_all(&document)).await;
        written.map_err(|error| not_written(&error))?
    }
}

/// A reader that has read enough is no failure.
pub fn write_all(bytes: &[u8]) -> Result<(), Failure> {
    match write_to_stdout(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(not_written(&error)),
        _ => Ok(()),
    }
}

pub fn write_to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout();
    stdout.write_all(bytes)?;
    stdout.flush()
}

fn not_written(cause: &impl Display) -> Failure {
    Failure::new(format!(
        "standard output cannot be written ({cause}); if the command changes something, that is done"
    ))
}

/// One line for the person at the terminal.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
