//! The log: one JSON object a line on standard output, with the `timestamp` and `level` that
//! Lambda filters by.

use std::{fmt, io, panic};

use tracing::Level;
use tracing_subscriber::{
    filter::Targets,
    fmt::{MakeWriter, format::Writer, time::FormatTime},
    prelude::*,
};

use crate::Clock;

/// Libraries log names of tables, errors and addresses. No log line may hold those.
const OUR_CRATES: [&str; 3] = ["shared", "mailer", "sweeper"];

/// Writes to standard output. Later calls have no effect.
pub fn install() {
    install_to(io::stdout);
}

/// Writes to another place.
pub fn install_to(writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_timer(LogTime(Clock::system()));
    let ours = OUR_CRATES.map(|name| (name, Level::INFO));
    let ours = Targets::new().with_targets(ours);
    let _already_installed = tracing_subscriber::registry()
        .with(lines)
        .with(ours)
        .try_init();
}

/// A panic message may hold anything, and its location a path. Line and column are enough to find
/// it.
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
