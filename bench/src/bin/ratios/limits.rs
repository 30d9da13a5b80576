//! The limit of each ratio, as docs/performance.md has it, and whether it is met.

use std::fs;

use bench::{table, valgrind};
use local::template::workspace_root;

use crate::samples::{Samples, float, metric};

const HEADER: &str = "| figure | at most | now | |";
/// Of one hash.
const HASH_MEMORY: f64 = 19.0 * 1024.0 * 1024.0;

/// Prints every ratio. Returns whether those that are the same in every run are within their limits: a busy moment does
/// not excuse them.
pub fn print(samples: &Samples) -> bool {
    println!("{HEADER}\n| --- | --- | --- | --- |");
    let mut are_met = true;
    for [figure, at_most, ..] in recorded(&document()) {
        let (metric, row, floor) = parse(figure);
        let measured = |row| measured(samples, row, metric);
        let ratio = measured(row).zip(measured(floor));
        let ratio = ratio.map(|(cost, floor)| cost / floor);
        let verdict = match (ratio, at_most.parse::<f64>()) {
            (None, _) => "not measured: install valgrind",
            (_, Err(_)) => "",
            (Some(ratio), Ok(limit)) if ratio <= limit => "met",
            _ => {
                are_met &= !metric::SAME_IN_EVERY_RUN.contains(&metric);
                "NOT met"
            }
        };
        let now = ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.3}"));
        println!("| {figure} | {at_most} | {now} | {verdict} |");
    }
    are_met
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
    let may_be_missing = !valgrind::is_installed();
    assert!(value.is_some() || may_be_missing, "no {metric} of {row}");
    value
}

/// A function that knows the list contains this file as it is.
pub fn bytes_of_word_list() -> f64 {
    let list = workspace_root().join("shared/src/account/password/words.txt");
    float(list.metadata().unwrap().len())
}

#[test]
fn start_and_size_of_every_function_are_limited() {
    let document = document();
    for call in bench::calls::Call::all().filter(|call| call.name != "tasks: create") {
        for metric in [metric::START_INSTRUCTIONS, metric::BINARY_SIZE] {
            let figure = format!("{metric}: {}", call.name);
            let mut rows = recorded(&document).filter(|[row, ..]| row.starts_with(&figure));
            let [_, at_most, ..] = rows.next().unwrap();
            assert!(at_most.parse::<f64>().is_ok(), "{figure}");
        }
    }
    for name in crate::targets::CALLED_BY_THE_STREAM {
        let figure = format!("{}: {name}", metric::BINARY_SIZE);
        assert!(recorded(&document).any(|[row, ..]| row.starts_with(&figure)));
    }
}
