//! The matrix as `docs/reliability.md` shows it.

use std::{env, fmt::Write, fs};

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
        "\nOne request fails:\n\n{once}\nAll requests fail from there on, until the caller repeats the call:\n\n{lasting}\n"
    )
}

fn table(cases: &[Case], found: &[(&Cell, &Outcome)]) -> String {
    let names = Breakage::ALL.map(Breakage::name);
    let mut text = format!("| call | store call | {} |\n", names.join(" | "));
    text.push_str(&"| --- ".repeat(2 + names.len()));
    text.push_str("|\n");
    for (row, case) in cases.iter().enumerate() {
        for (place, store_call) in case.store_calls.iter().enumerate() {
            write!(text, "| {} | {store_call} |", case.name).unwrap();
            for breakage in Breakage::ALL {
                let here = found.iter().find(|(cell, _)| {
                    (cell.row, cell.place, cell.breakage) == (row, place, breakage)
                });
                match here {
                    None => text.push_str(" – |"),
                    Some((_, outcome)) => write!(text, " {} |", answers(**outcome)).unwrap(),
                }
            }
            text.push('\n');
        }
    }
    text
}

fn answers(Outcome { first, second }: Outcome) -> String {
    if first == 503 {
        format!("503 → {second}")
    } else {
        first.to_string()
    }
}
