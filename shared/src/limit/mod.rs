//! Rate limits: the rules, without I/O. The store counts.

mod failures;
mod rate;
mod source;

pub use failures::{FORGOTTEN_AFTER_SECONDS, Threshold, seconds_to_wait, thresholds};
pub use rate::{Rate, Window};
pub use source::{Site, Source};
