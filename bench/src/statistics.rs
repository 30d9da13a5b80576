//! Figures that one slow moment does not move.

use std::time::Duration;

/// The middle one.
#[must_use]
pub fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}
