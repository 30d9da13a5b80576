//! What is printed: tables for people, one JSON document for programs.

mod account;
mod escaping_json;
mod table;
mod visible;

use std::io::{self, Write};

use serde::Serialize;

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
    /// The one document of a command.
    pub fn print(self, json: &impl Serialize, text: impl FnOnce() -> String) {
        let mut bytes = if self.json {
            let mut bytes = Vec::new();
            let mut serializer =
                serde_json::Serializer::with_formatter(&mut bytes, EscapingJson::indented());
            // No map of ours has keys that are not text.
            let _ = json.serialize(&mut serializer);
            bytes
        } else {
            text().into_bytes()
        };
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        print_bytes(&bytes);
    }
}

/// Unlike `print!`, it does not panic when the reader closes the pipe.
pub fn print_bytes(bytes: &[u8]) {
    let mut stdout = io::stdout();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// One line for the person at the terminal.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
