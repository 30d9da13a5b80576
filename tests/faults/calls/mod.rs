//! Every call that reaches the store, with its store calls in order. Concurrent store calls are adjacent.

mod accounts;
mod case;
mod mail;
mod sessions;
mod tasks;

pub use accounts::DELETION;
pub use case::Case;

pub fn all() -> Vec<Case> {
    let mut cases = accounts::all();
    cases.extend(mail::all());
    cases.extend(sessions::all());
    cases.extend(tasks::all());
    cases
}
