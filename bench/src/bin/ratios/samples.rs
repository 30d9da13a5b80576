//! All that is measured in one run, by the name of a target and a metric.

use std::collections::BTreeMap;

use bench::statistics::{median, p99};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    StartCpu,
    StartWall,
    PageFaults,
    FirstCall,
    /// The time that the caller of a cold start waits.
    StartAndFirstCall,
    CallCpu,
    CallWall,
    StoreRequests,
    PeakMemory,
    BinarySize,
    StartInstructions,
    CallInstructions,
}

impl Metric {
    /// The metrics that have limits, as docs/performance.md calls them.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "start, CPU" => Self::StartCpu,
            "start, instructions" => Self::StartInstructions,
            "start, page faults" => Self::PageFaults,
            "start and first call, wall" => Self::StartAndFirstCall,
            "a call, CPU" => Self::CallCpu,
            "a call, instructions" => Self::CallInstructions,
            "peak memory" => Self::PeakMemory,
            "binary" => Self::BinarySize,
            _ => return None,
        })
    }

    pub fn is_same_in_every_run(self) -> bool {
        matches!(
            self,
            Self::StartInstructions | Self::CallInstructions | Self::BinarySize
        )
    }
}

/// Times in seconds, sizes in bytes.
#[derive(Default)]
pub struct Samples(BTreeMap<(&'static str, Metric), Vec<f64>>);

impl Samples {
    pub fn add(&mut self, name: &'static str, metric: Metric, value: f64) {
        self.0.entry((name, metric)).or_default().push(value);
    }

    /// None where nothing was measured: instructions without valgrind, for example.
    pub fn median(&self, name: &str, metric: Metric) -> Option<f64> {
        self.0.get(&(name, metric)).map(|values| median(values))
    }

    pub fn p99(&self, name: &str, metric: Metric) -> Option<f64> {
        self.0.get(&(name, metric)).map(|values| p99(values))
    }
}

#[expect(clippy::cast_precision_loss, reason = "three digits are printed")]
pub fn float(count: u64) -> f64 {
    count as f64
}
