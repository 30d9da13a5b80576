//! All that is measured in one run, by the name of a target and a metric.

use std::collections::BTreeMap;

use bench::statistics::{median, p99};

/// Those with limits have the names that docs/performance.md gives them.
pub mod metric {
    pub const START_CPU: &str = "start, CPU";
    pub const START_WALL: &str = "start, wall";
    pub const START_INSTRUCTIONS: &str = "start, instructions";
    pub const PAGE_FAULTS: &str = "start, page faults";
    pub const FIRST_CALL: &str = "first call, wall";
    /// The time that the caller of a cold start waits.
    pub const START_AND_FIRST_CALL: &str = "start and first call, wall";
    pub const CALL_CPU: &str = "a call, CPU";
    pub const CALL_WALL: &str = "a call, wall";
    pub const CALL_INSTRUCTIONS: &str = "a call, instructions";
    pub const STORE_REQUESTS: &str = "store requests";
    pub const PEAK_MEMORY: &str = "peak memory";
    pub const BINARY_SIZE: &str = "binary";

    pub const SAME_IN_EVERY_RUN: [&str; 3] = [START_INSTRUCTIONS, CALL_INSTRUCTIONS, BINARY_SIZE];
}

/// Times in seconds, sizes in bytes.
#[derive(Default)]
pub struct Samples(BTreeMap<(&'static str, &'static str), Vec<f64>>);

impl Samples {
    pub fn add(&mut self, name: &'static str, metric: &'static str, value: f64) {
        self.0.entry((name, metric)).or_default().push(value);
    }

    /// None where nothing was measured: instructions without valgrind, for example.
    pub fn median(&self, name: &str, metric: &str) -> Option<f64> {
        self.0.get(&(name, metric)).map(|values| median(values))
    }

    pub fn p99(&self, name: &str, metric: &str) -> Option<f64> {
        self.0.get(&(name, metric)).map(|values| p99(values))
    }
}

#[expect(clippy::cast_precision_loss, reason = "three digits are printed")]
pub fn float(count: u64) -> f64 {
    count as f64
}
