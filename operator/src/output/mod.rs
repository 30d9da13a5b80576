//! What is printed: tables for people, one JSON document for programs.

mod account;
mod escaping_json;
mod table;
mod visible;

use std::{
    fmt::Display,
    io::{self, Write},
    sync::OnceLock,
};

use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::failure::Failure;

pub use account::{AccountJson, is_undeliverable, state};
pub use escaping_json::EscapingJson;
pub use table::{fields, rows};
pub use visible::visible;

/// The one document of a command, or why there is none. It is written once the command has ended.
static DOCUMENT: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();

/// Standard output, in the form that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// The one document of a command.
    pub fn print(self, json: &impl Serialize, text: impl FnOnce() -> String) {
        let mut document = if self.json {
            let mut bytes = Vec::new();
            let mut serializer =
                serde_json::Serializer::with_formatter(&mut bytes, EscapingJson::indented());
            let outcome = json.serialize(&mut serializer);
            outcome.map(|()| bytes).map_err(|error| error.to_string())
        } else {
            Ok(text().into_bytes())
        };
        if let Ok(bytes) = &mut document
            && !bytes.ends_with(b"\n")
        {
            bytes.push(b'\n');
        }
        let _ = DOCUMENT.set(document);
    }
}

/// On a thread of its own: Ctrl-C is heard while a reader of the output lets it wait.
pub async fn write_document() -> Result<(), Failure> {
    let Some(document) = DOCUMENT.get() else {
        return Ok(());
    };
    let bytes = document.as_ref().map_err(not_written)?;
    let written = spawn_blocking(|| write_all(bytes)).await;
    written.map_err(|error| not_written(&error))?
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
