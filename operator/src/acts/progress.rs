//! How far a deletion is: a bar on a terminal, a line now and then elsewhere.

use std::{
    io::{self, IsTerminal},
    sync::atomic::{AtomicU64, Ordering},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::tell;

/// Without a terminal, so many items a line.
const ITEMS_A_LINE: u64 = 1_000;

pub struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    done: AtomicU64,
}

impl Progress {
    pub fn start(total: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            match ProgressStyle::with_template("deleted {wide_bar} {pos} of {len} items") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        if bar.is_none() {
            tell(&format!("deleting {total} items"));
        }
        Self {
            bar,
            total,
            done: AtomicU64::new(0),
        }
    }

    pub fn add(&self, items: usize) {
        let items = u64::try_from(items).unwrap_or_default();
        let before = self.done.fetch_add(items, Ordering::Relaxed);
        let after = before + items;
        match &self.bar {
            Some(bar) => bar.set_position(after.min(self.total)),
            None if before / ITEMS_A_LINE != after / ITEMS_A_LINE => {
                tell(&format!(
                    "deleted {after} of {} items",
                    self.total.max(after)
                ));
            }
            None => {}
        }
    }

    /// The function `sweeper` may have done a part.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
