//! The authentication log: what was done with an account, when, from where, and whether it worked.

mod entry;
mod line;
mod trace;

pub use entry::{Action, Entry, NewEntry};
pub use line::{announce, announce_stranger};
pub use trace::Trace;
