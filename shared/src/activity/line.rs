//! The same entry as one line of the process log, where operators look.

use uuid::Uuid;

use super::Entry;

pub fn announce(user_id: Uuid, entry: &Entry) {
    let user_id = user_id.to_string();
    write(Some(&user_id), None, entry);
}

/// Of an account that nobody has: the name that was tried stands there as a keyed hash alone.
pub fn announce_stranger(pseudonym: &str, entry: &Entry) {
    write(None, Some(pseudonym), entry);
}

fn write(user_id: Option<&str>, identifier_hash: Option<&str>, entry: &Entry) {
    let Entry {
        id: _,
        action,
        success,
        error_message,
        timestamp: _,
        ip,
        user_agent,
        request_id,
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
        "authentication"
    );
}
