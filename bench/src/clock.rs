//! The monotonic clock that all wall times are read from.

use std::time::Instant;

#[expect(
    clippy::disallowed_methods,
    reason = "measured times must not come from a clock that can be set"
)]
pub fn now() -> Instant {
    Instant::now()
}
