//! The matrix as `docs/reliability.md` shows it.

use std::{collections::BTreeMap, env, fmt::Write, fs};

use local::template::workspace_root;

use super::{
    calls::Case,
    cell::{Cell, Outcome},
};
use crate::harness::{Breakage, Persistence};

const PAGE: &str = "docs/reliability.md";
const MARK: &str = "<!-- fault matrix -->\n";
/// Writes the page anew instead of comparing.
const WRITE: &str = "LATCHKEY_WRITE_DOCS";

pub fn assert_documented(cases: &[Case], cells: &[Cell], outcomes: &[Outcome]) {
    let seen = of_both(cases, cells, outcomes);
    let path = workspace_root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let parts: Vec<&str> = page.split(MARK).collect();
    let [before, documented, after] = parts[..] else {
        panic!("{PAGE} has not two marks around the matrix");
    };
    if env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{before}{MARK}{seen}{MARK}{after}")).unwrap();
        return;
    }
    assert!(
        documented == seen,
        "{PAGE} says otherwise; with {WRITE}=1 this test writes what it saw:\n{seen}"
    );
}

fn of_both(cases: &[Case], cells: &[Cell], outcomes: &[Outcome]) -> String {
    let of = |persistence| {
        let found = cells.iter().zip(outcomes);
        let found: Vec<_> = found
            .filter(|(cell, _)| cell.persistence == persistence)
            .collect();
        table(cases, &found)
    };
    let once = of(Persistence::Once);
    let lasting = of(Persistence::Lasting);
    format!(
        "\nOne request fails. {once}\nAll requests fail from there on, until the caller repeats the call. {lasting}\n"
    )
}

/// The usual answer of each call, and in full every row in which a cell has another answer.
fn table(cases: &[Case], found: &[(&Cell, &Outcome)]) -> String {
    let mut calls_of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut differing = String::new();
    let mut rows = 0;
    for (row, case) in cases.iter().enumerate() {
        let usual = usual_answer(row, found);
        for (place, store_call) in case.store_calls.iter().enumerate() {
            rows += 1;
            let cells = Breakage::ALL.map(|breakage| {
                found
                    .iter()
                    .find(|(cell, _)| {
                        (cell.row, cell.place, cell.breakage) == (row, place, breakage)
                    })
                    .map(|(_, outcome)| answers(**outcome))
            });
            if cells.iter().flatten().any(|answer| *answer != usual) {
                let cells = cells.map(|answer| answer.unwrap_or_else(|| "–".to_owned()));
                let cells = cells.join(" | ");
                writeln!(differing, "| {} | {store_call} | {cells} |", case.name).unwrap();
            }
        }
        calls_of.entry(usual).or_default().push(case.name);
    }

    let mut text = format!(
        "{rows} store calls, {} cells. The caller sees:\n\n",
        found.len()
    );
    for (answer, calls) in calls_of {
        writeln!(text, "- {answer}: {}", calls.join("; ")).unwrap();
    }
    if differing.is_empty() {
        return text + "\nNo cell differs.\n";
    }
    let names = Breakage::ALL.map(Breakage::name);
    let head = format!("| call | store call | {} |", names.join(" | "));
    let rule = "| --- ".repeat(2 + names.len());
    text + &format!("\nOnly these rows differ:\n\n{head}\n{rule}|\n{differing}")
}

/// The most frequent answer of a call; of equally frequent ones the first in order.
fn usual_answer(row: usize, found: &[(&Cell, &Outcome)]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, outcome) in found.iter().filter(|(cell, _)| cell.row == row) {
        *counts.entry(answers(**outcome)).or_default() += 1;
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(answer, _)| answer)
        .unwrap_or_default()
}

fn answers(Outcome { first, second }: Outcome) -> String {
    if first == 503 {
        format!("503 → {second}")
    } else {
        first.to_string()
    }
}
