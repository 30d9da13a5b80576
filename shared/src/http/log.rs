//! The log: one JSON object a line on standard output, with the `timestamp` and `level` that
//! Lambda filters by.

use std::{fmt, io, panic};

use tracing::Level;
use tracing_subscriber::{
    filter::Targets,
    fmt::{MakeWriter, format::Writer, time::FormatTime},
    prelude::*,
};

use super::spanless::Spanless;
use crate::Clock;

/// For a process that is a function. Later calls have no effect.
pub fn install() {
    install_to(io::stdout);
}

/// The same log somewhere else.
pub fn install_to(writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_timer(LogTime(Clock::system()));
    // The libraries below write the names of tables, errors and addresses that no log line may hold.
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), Level::INFO);
    let _already_installed = Spanless.with(lines).with(ours).try_init();
}

/// A panic's own words may hold anything, and its place is a path; the line and column are enough
/// to find it by.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let (line, column) = info
            .location()
            .map_or((0, 0), |at| (at.line(), at.column()));
        tracing::error!(line, column, "panicked");
    }));
}

struct LogTime(Clock);

impl FormatTime for LogTime {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", self.0.now())
    }
}
