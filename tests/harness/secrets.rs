//! Whatever any test sends as a password, token or e-mail is known here, and every line of the process
//! log and every refusal is searched for it: the whole suite is the test that nothing leaks.

use std::{
    collections::BTreeSet,
    io,
    sync::{Mutex, OnceLock},
};

use serde_json::Value;

use super::{PASSWORD, PREVIOUS_SECRET, SECRET};

/// Shorter ones are words that may stand in a line by chance.
const SHORTEST: usize = 10;

/// What no line may hold, whoever sent it: tokens, cookies, addresses, the names of files, libraries
/// and errors below, and of the table.
const NEVER: [&str; 12] = [
    SECRET,
    PREVIOUS_SECRET,
    PASSWORD,
    "eyJ",
    "session=",
    "@example",
    "Exception",
    "dynamo",
    "amazon",
    ".rs",
    "$argon2",
    "latchkey",
];

static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub fn learn(secret: &str) {
    if secret.len() >= SHORTEST {
        KNOWN.lock().unwrap().insert(secret.to_owned());
    }
}

/// The fields of a body that no log may hold.
pub fn learn_from_body(body: &Value) {
    for name in ["password", "current_password", "new_password", "email"] {
        if let Some(secret) = body[name].as_str() {
            learn(secret);
        }
    }
}

/// What a refusal may not say back.
pub fn known_in(text: &str) -> Option<String> {
    let known = KNOWN.lock().unwrap();
    known.iter().find(|secret| text.contains(*secret)).cloned()
}

pub fn found_in(text: &str) -> Option<String> {
    let never = NEVER.iter().find(|secret| text.contains(**secret));
    never
        .map(|secret| (*secret).to_owned())
        .or_else(|| known_in(text))
}

/// The log of every server of this process, searched line by line. A find ends the process, for a
/// panic within a handler would only become a 500.
pub fn watch_the_log() {
    static WATCHED: OnceLock<()> = OnceLock::new();
    WATCHED.get_or_init(|| shared::http::install_log_to(|| Watched));
}

pub static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Watched;

impl io::Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if let Some(secret) = found_in(&line) {
            let _ = writeln!(io::stderr(), "the log holds {secret:?}: {line}");
            std::process::abort();
        }
        LINES.lock().unwrap().push(line.into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
