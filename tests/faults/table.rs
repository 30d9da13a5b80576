//! The matrix as `docs/reliability.md` shows it.

use std::{env, fmt::Write, fs, sync::Mutex};

use local::template::workspace_root;

use super::{
    calls::Case,
    cell::{Cell, Outcome},
};
use crate::harness::{Persistence, StoreFault};

const PAGE: &str = "docs/reliability.md";
const MARK: &str = "<!-- fault matrix -->\n";
/// Writes the page instead of comparing it.
const WRITE: &str = "LATCHKEY_WRITE_DOCS";

pub fn assert_documented(cases: &[Case], cells: &[Cell], outcomes: &[Outcome]) {
    assert_page(MARK, &render(cases, cells, outcomes));
}

/// The part of the page between two of these marks is what the test has seen.
pub fn assert_page(mark: &str, seen: &str) {
    // Two tests write parts of the page, perhaps at once.
    static PAGE_LOCK: Mutex<()> = Mutex::new(());
    let guard = PAGE_LOCK.lock().unwrap();
    let path = workspace_root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let parts: Vec<&str> = page.split(mark).collect();
    let [before, documented, after] = parts[..] else {
        panic!("{PAGE} needs two marks {mark}");
    };
    if env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{before}{mark}{seen}{mark}{after}")).unwrap();
        return;
    }
    drop(guard);
    assert!(
        documented == seen,
        "{PAGE} differs. With {WRITE}=1 this test writes the page:\n{seen}"
    );
}

/// One sentence for the cells with the usual answers, and a table of the rows with any other.
fn render(cases: &[Case], cells: &[Cell], outcomes: &[Outcome]) -> String {
    let found: Vec<(&Cell, &Outcome)> = cells.iter().zip(outcomes).collect();
    let once: Vec<_> = of(&found, Persistence::Once);
    let lasting: Vec<_> = of(&found, Persistence::Lasting);
    // The caller of `assert_documented` has checked that no single fault changes an answer.
    let usual = |row: usize| {
        once.iter()
            .find(|(cell, _)| cell.row == row)
            .map(|(_, it)| it.first)
    };
    let differs = |(cell, outcome): &(&Cell, &Outcome)| Some(outcome.second) != usual(cell.row);

    let rows: Vec<(usize, usize)> = (0..cases.len())
        .flat_map(|row| (0..cases[row].store_calls.len()).map(move |position| (row, position)))
        .collect();
    let is_unusual = |&&(row, position): &&(usize, usize)| {
        let mut here = lasting
            .iter()
            .filter(|(cell, _)| (cell.row, cell.position) == (row, position));
        here.any(differs)
    };
    let unusual: Vec<(usize, usize)> = rows.iter().filter(is_unusual).copied().collect();

    let mut text = format!(
        "\nOne request fails: in all {} cells ({} store calls of {} calls) the call answers as without the fault.\n\n\
         All requests fail from one on, until the caller repeats the call: in all {} cells the answer is 503. In {} of the {} rows\n\
         the repeat gets the answer that the call has without the fault. In the others it shows where the first call was done:\n\n",
        once.len(),
        rows.len(),
        cases.len(),
        lasting.len(),
        rows.len() - unusual.len(),
        rows.len(),
    );
    text.push_str(&table(cases, &unusual, &lasting));
    text.push('\n');
    text
}

fn of<'a>(
    found: &[(&'a Cell, &'a Outcome)],
    persistence: Persistence,
) -> Vec<(&'a Cell, &'a Outcome)> {
    let mut found = found.to_vec();
    found.retain(|(cell, _)| cell.persistence == persistence);
    found
}

fn table(cases: &[Case], rows: &[(usize, usize)], found: &[(&Cell, &Outcome)]) -> String {
    let names = StoreFault::ALL.map(StoreFault::name);
    let mut text = format!("| call | store call | {} |\n", names.join(" | "));
    text.push_str(&"| --- ".repeat(2 + names.len()));
    text.push_str("|\n");
    for &(row, position) in rows {
        let case = &cases[row];
        write!(text, "| {} | {} |", case.name, case.store_calls[position]).unwrap();
        for fault in StoreFault::ALL {
            let here = found
                .iter()
                .find(|(cell, _)| (cell.row, cell.position, cell.fault) == (row, position, fault));
            match here {
                None => text.push_str(" – |"),
                Some((_, outcome)) => {
                    write!(text, " {} → {} |", outcome.first, outcome.second).unwrap();
                }
            }
        }
        text.push('\n');
    }
    text
}
