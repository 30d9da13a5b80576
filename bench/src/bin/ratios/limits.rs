//! The limit of each ratio, as docs/performance.md has it, and whether it is met.

use std::fs;

use bench::{table, valgrind};
use local::template::workspace_root;

use crate::samples::{Samples, float, metric};

const HEADER: &str = "| figure | at most | now | |";
/// Of one hash.
const HASH_MEMORY: f64 = 19.0 * 1024.0 * 1024.0;

/// Prints every ratio. Returns those over their limit which are the same in every run: a busy moment does not excuse
/// them.
pub fn print(samples: &Samples) -> Vec<String> {
    println!("{HEADER}\n| --- | --- | --- | --- |");
    let document = document();
    let mut exceeded = Vec::new();
    for [figure, at_most, ..] in recorded(&document) {
        let (metric, row, floor) = parse(figure);
        let measured = |row| measured(samples, row, metric);
        let ratio = measured(row)
            .zip(measured(floor))
            .map(|(cost, floor)| cost / floor);
        let is_met = ratio
            .zip(at_most.parse().ok())
            .map(|(ratio, limit): (f64, f64)| ratio <= limit);
        let verdict = match (ratio, is_met) {
            (None, _) => "not measured: install valgrind",
            (_, None) => "",
            (_, Some(true)) => "met",
            (_, Some(false)) => "NOT met",
        };
        let now = ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.3}"));
        println!("| {figure} | {at_most} | {now} | {verdict} |");
        if is_met == Some(false) && metric::SAME_IN_EVERY_RUN.contains(&metric) {
            exceeded.push(format!("{figure} is {now}, and may be {at_most}"));
        }
    }
    exceeded
}

fn document() -> String {
    fs::read_to_string(workspace_root().join("docs/performance.md")).unwrap()
}

/// The rows of the table of limits.
fn recorded(document: &str) -> impl Iterator<Item = [&str; 4]> {
    let (_, table) = document.split_once(HEADER).unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    table::rows(table.trim()).skip(1)
}

/// A figure is "metric: row ÷ floor".
fn parse(figure: &str) -> (&str, &str, &str) {
    let parts = figure.split_once(": ").zip(figure.split_once(" ÷ "));
    let ((metric, _), (row, floor)) =
        parts.unwrap_or_else(|| panic!("docs/performance.md: not a ratio: {figure}"));
    (metric, &row[metric.len() + 2..], floor)
}

fn measured(samples: &Samples, row: &str, metric: &str) -> Option<f64> {
    if row == "(F2 + 19 MiB)" {
        return Some(samples.median("F2", metric)? + HASH_MEMORY);
    }
    if let Some(name) = row.strip_suffix(" without its list") {
        return Some(samples.median(name, metric)? - bytes_of_word_list());
    }
    let value = samples.median(row, metric);
    assert!(
        value.is_some() || !valgrind::is_installed(),
        "not measured: {metric} of {row}"
    );
    value
}

/// A function that knows the list contains this file as it is.
pub fn bytes_of_word_list() -> f64 {
    let list = workspace_root().join("shared/src/account/password/words.txt");
    float(list.metadata().unwrap().len())
}

#[cfg(test)]
mod tests {
    use bench::calls::Call;

    use super::*;

    #[test]
    fn the_document_limits_starts_and_sizes_of_every_function() {
        let document = document();
        let figures: Vec<_> = recorded(&document)
            .map(|[figure, ..]| parse(figure))
            .collect();
        for call in Call::all().filter(|call| call.name != "tasks: create") {
            for metric in [metric::START_INSTRUCTIONS, metric::BINARY_SIZE] {
                let is_limited = figures
                    .iter()
                    .any(|&(limited, row, _)| limited == metric && row.starts_with(call.name));
                assert!(is_limited, "{}", call.name);
            }
        }
    }
}
