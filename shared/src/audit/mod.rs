//! The authentication log: what was done with an account, when, from where, and whether it worked.

mod entry;
mod log_event;
mod trace;

pub use entry::{Action, Entry, NewEntry};
pub use log_event::{Subject, log_event};
pub use trace::Trace;
