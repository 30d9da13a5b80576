//! Registers every password, token, and e-mail address that a test sends, and searches every log line
//! and every error response for them. So every test also checks that no secret leaks.

use std::{
    collections::BTreeSet,
    io,
    sync::{Mutex, OnceLock},
};

use serde_json::Value;

use super::{PASSWORD, PREVIOUS_SECRET, SECRET};

/// Shorter secrets can occur in a line by chance.
const SHORTEST: usize = 10;

/// Text that no log line may contain: tokens, cookies, e-mail addresses, and the names of files,
/// libraries, internal errors, and the table.
const FORBIDDEN: [&str; 12] = [
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

static REGISTERED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub fn register(secret: &str) {
    if secret.len() >= SHORTEST {
        REGISTERED.lock().unwrap().insert(secret.to_owned());
    }
}

/// Registers the secret fields of a request body.
pub fn register_fields(body: &Value) {
    for name in [
        "password",
        "current_password",
        "new_password",
        "email",
        "new_email",
        "token",
    ] {
        if let Some(secret) = body[name].as_str() {
            register(secret);
        }
    }
}

/// An error response must not repeat a registered secret.
pub fn find_registered(text: &str) -> Option<String> {
    let registered = REGISTERED.lock().unwrap();
    registered
        .iter()
        .find(|secret| text.contains(*secret))
        .cloned()
}

pub fn find_any(text: &str) -> Option<String> {
    let forbidden = FORBIDDEN.iter().find(|secret| text.contains(**secret));
    forbidden
        .map(|secret| (*secret).to_owned())
        .or_else(|| find_registered(text))
}

/// Searches the log of every server of this process line by line. A leak aborts the process, because
/// a panic within a handler would only become a 500.
pub fn check_log() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| shared::log::install_to(|| LogChecker));
}

pub static LOG_LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct LogChecker;

impl io::Write for LogChecker {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if let Some(secret) = find_any(&line) {
            let _ = writeln!(io::stderr(), "the log contains {secret:?}: {line}");
            std::process::abort();
        }
        LOG_LINES.lock().unwrap().push(line.into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
