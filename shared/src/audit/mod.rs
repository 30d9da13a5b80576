//! The authentication log: each action on an account, with its time, origin and outcome.

mod entry;
mod log_event;
mod trace;

pub use entry::{Action, Entry, NewEntry};
pub use log_event::{Subject, log_event};
pub use trace::Trace;
