//! The fault matrix: every kind of fault at every store call of every call.

mod baseline;
mod calls;
mod cell;
mod fixture;
mod limiter;
mod parallel;
mod races;
mod state;
mod stream;
mod table;

use baseline::Baseline;
use calls::Case;
use cell::{Cell, Outcome, Timeout};
use fixture::Fixture;
use parallel::{block_on_new_runtime, run_parallel};

use crate::harness::{Persistence, StoreFault};

/// A cell that timed out on a busy machine runs again, up to this many times and without other cells. A real
/// defect fails every time.
const RETRIES: usize = 4;

/// None if the cell panicked.
type CellResult = Option<Result<Outcome, Timeout>>;

#[test]
fn a_fault_at_any_store_call_loses_nothing_and_repeats_nothing() {
    let cases = calls::all();
    let rows: Vec<(Fixture, Baseline)> = run_parallel(&cases, |case| {
        block_on_new_runtime(async {
            let fixture = Fixture::make(case.setup).await;
            let baseline = Baseline::run(case, &fixture).await;
            (fixture, baseline)
        })
    })
    .into_iter()
    .map(|row| row.expect("the call succeeds without a fault"))
    .collect();

    let cells = cells(&cases);
    let run = |cell: &Cell| {
        let (fixture, baseline) = &rows[cell.row];
        block_on_new_runtime(cell.run(&cases[cell.row], fixture, baseline))
    };
    let mut results: Vec<CellResult> = run_parallel(&cells, |cell| {
        let _panic_context = PanicContext(&cases[cell.row], cell);
        run(cell)
    });
    let is_expected = |cell: &Cell, result: CellResult| match (result, cell.persistence) {
        (Some(Ok(outcome)), Persistence::Once) => outcome.first == rows[cell.row].1.first.status,
        (Some(Ok(outcome)), _) => outcome.first == 503,
        (None | Some(Err(Timeout)), _) => false,
    };
    for (cell, result) in cells.iter().zip(&mut results) {
        for _ in 0..RETRIES {
            if result.is_some() && !is_expected(cell, *result) {
                *result = Some(run(cell));
            }
        }
    }
    let failed: Vec<String> = cells
        .iter()
        .zip(&results)
        .filter(|(cell, result)| !is_expected(cell, **result))
        .map(|(cell, result)| format!("{} → {result:?}", describe(&cases[cell.row], cell)))
        .collect();
    assert!(
        failed.is_empty(),
        "{} cells:\n{}",
        failed.len(),
        failed.join("\n")
    );
    let outcomes: Vec<Outcome> = results.into_iter().flatten().flatten().collect();
    table::assert_documented(&cases, &cells, &outcomes);
}

fn cells(cases: &[Case]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for persistence in [Persistence::Once, Persistence::Lasting] {
        for (row, case) in cases.iter().enumerate() {
            for (position, store_call) in case.store_calls.iter().enumerate() {
                for fault in StoreFault::ALL {
                    if fault.applies_to(store_call) {
                        cells.push(Cell {
                            row,
                            position,
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

fn describe(case: &Case, cell: &Cell) -> String {
    let store_call = case.store_calls[cell.position];
    let (persistence, fault) = (cell.persistence, cell.fault.name());
    format!("{}: {store_call}: {fault}, {persistence:?}", case.name)
}

/// Names the cell if its run panics.
struct PanicContext<'a>(&'a Case, &'a Cell);

impl Drop for PanicContext<'_> {
    #[expect(
        clippy::print_stderr,
        reason = "the panic message does not name the cell"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the cell {}", describe(self.0, self.1));
        }
    }
}
