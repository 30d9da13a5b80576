//! Times that must be equal, so that none of them tells one case from another.
#![expect(clippy::print_stdout, reason = "a measurement prints")]

use std::{ops::RangeInclusive, process::ExitCode, time::Duration};

use crate::statistics::median;

/// Of two medians.
const ALLOWED_RATIOS: RangeInclusive<f64> = 0.9..=1.1;

/// Compares all with the first, one line each. Returns whether every ratio is allowed.
pub fn report(cases: &[(&str, Vec<Duration>)]) -> bool {
    let first = median(&cases[0].1).as_secs_f64();
    let mut all_allowed = true;
    for (label, times) in cases {
        let time = median(times);
        let ratio = time.as_secs_f64() / first;
        println!("| {label} | {time:.2?} | {ratio:.3} |");
        all_allowed &= ALLOWED_RATIOS.contains(&ratio);
    }
    all_allowed
}

pub fn verdict(reports: &[bool]) -> ExitCode {
    if reports.contains(&false) {
        println!("\nA ratio lies outside of {ALLOWED_RATIOS:?}.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
