//! The fault matrix: every store call of every call, broken in every way there is.

mod calls;
mod cell;
mod clean;
mod crowd;
mod fixture;
mod limiter;
mod races;
mod state;
mod table;

use calls::Case;
use cell::{Cell, OutOfTime, Outcome};
use clean::Clean;
use crowd::{alone, each};
use fixture::Fixture;

use crate::harness::{Persistence, StoreFault};

/// A cell that was short of time on a busy machine has this many more chances, with nothing beside it. A promise
/// that is not kept is not kept in any of them.
const CHANCES: usize = 4;

type Ran = Option<Result<Outcome, OutOfTime>>;

#[test]
fn no_fault_at_any_store_call_loses_or_doubles_anything() {
    let cases = calls::all();
    let rows: Vec<(Fixture, Clean)> = each(&cases, |case| {
        alone(async {
            let fixture = Fixture::make(case.setup).await;
            let clean = Clean::run(case, &fixture).await;
            (fixture, clean)
        })
    })
    .into_iter()
    .map(|row| row.expect("a call that goes well without a fault"))
    .collect();

    let cells = cells(&cases);
    let run = |cell: &Cell| {
        let (fixture, clean) = &rows[cell.row];
        alone(cell.run(&cases[cell.row], fixture, clean))
    };
    // None where one panicked, and has said why.
    let mut ran: Vec<Ran> = each(&cells, |cell| {
        let _shown_with_a_panic = Shown(&cases[cell.row], cell);
        run(cell)
    });
    let is_good = |cell: &Cell, ran: Ran| match (ran, cell.persistence) {
        (Some(Ok(outcome)), Persistence::Once) => outcome.first == rows[cell.row].1.first.status,
        (Some(Ok(outcome)), _) => outcome.first == 503,
        (None | Some(Err(OutOfTime)), _) => false,
    };
    for (cell, ran) in cells.iter().zip(&mut ran) {
        for _ in 0..CHANCES {
            if ran.is_some() && !is_good(cell, *ran) {
                *ran = Some(run(cell));
            }
        }
    }
    let bad: Vec<String> = cells
        .iter()
        .zip(&ran)
        .filter(|(cell, ran)| !is_good(cell, **ran))
        .map(|(cell, ran)| format!("{} → {ran:?}", shown(&cases[cell.row], cell)))
        .collect();
    assert!(bad.is_empty(), "{} cells:\n{}", bad.len(), bad.join("\n"));
    let outcomes: Vec<Outcome> = ran.into_iter().flatten().flatten().collect();
    table::assert_documented(&cases, &cells, &outcomes);
}

fn cells(cases: &[Case]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for persistence in [Persistence::Once, Persistence::Lasting] {
        for (row, case) in cases.iter().enumerate() {
            for (place, store_call) in case.store_calls.iter().enumerate() {
                for fault in StoreFault::ALL {
                    if fault.applies_to(store_call) {
                        cells.push(Cell {
                            row,
                            place,
                            fault,
                            persistence,
                        });
                    }
                }
            }
        }
    }
    cells
}

fn shown(case: &Case, cell: &Cell) -> String {
    let store_call = case.store_calls[cell.place];
    let (persistence, fault) = (cell.persistence, cell.fault.name());
    format!("{}: {store_call}: {fault}, {persistence:?}", case.name)
}

struct Shown<'a>(&'a Case, &'a Cell);

impl Drop for Shown<'_> {
    #[expect(clippy::print_stderr, reason = "a panic does not say where it was")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the cell {}", shown(self.0, self.1));
        }
    }
}
