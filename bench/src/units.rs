//! Figures as they are read.

use std::time::Duration;

#[must_use]
pub fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

#[must_use]
pub fn micros(time: Duration) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1e6)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "two digits behind the point are printed"
)]
#[must_use]
pub fn mib(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / 1_048_576.0)
}
