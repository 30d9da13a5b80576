//! Writes an audit entry to the process log, where operators look.

use uuid::Uuid;

use super::Entry;

/// The subject of an entry.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    Account(Uuid),
    /// No account has the identifier that was tried, or it is not the caller's. Only its keyed
    /// hash is logged.
    Unknown {
        pseudonym: &'a str,
    },
}

pub fn log_event(subject: Subject<'_>, entry: &Entry) {
    let (user_id, identifier_hash) = match subject {
        Subject::Account(id) => (Some(id.to_string()), None),
        Subject::Unknown { pseudonym } => (None, Some(pseudonym)),
    };
    let Entry {
        id: _,
        action,
        success,
        error_message,
        timestamp: _,
        ip,
        user_agent,
        request_id,
        operator,
    } = entry;
    tracing::info!(
        request_id,
        action = action.as_str(),
        success,
        error_code = error_message,
        user_id,
        identifier_hash,
        ip,
        user_agent,
        operator,
        "authentication"
    );
}
