//! Brings the records of the stream to one function, in their order.

use std::time::Duration;

use serde_json::{Value, json};
use shared::stream::BatchResponse;
use tokio::sync::watch;

use super::checkpoint::Checkpoint;
use super::records::{Position, Record, Stream};
use super::rounds::{Round, Rounds};
use crate::functions::Functions;
use crate::template::StreamSource;

/// How many records are read at once. Most are wanted by no function.
const READ_LIMIT: usize = 100;

/// Finds the records of writes that no call of the gateway made.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The waits before a batch is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Pauses {
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
        }
    }
}

pub(super) struct Consumer {
    pub number: usize,
    pub binary: String,
    pub source: StreamSource,
    pub stream: Stream,
    pub functions: Functions,
    pub checkpoint: Checkpoint,
    pub pauses: Pauses,
    pub rounds: Rounds,
    pub wake: watch::Receiver<Round>,
    pub stop: watch::Receiver<()>,
}

/// The outcome of one batch.
enum Step {
    /// There may be more at once.
    Advanced(Position),
    /// There is nothing behind the last record.
    Idle,
    /// The record behind this position must be handled again.
    Failed(Position),
}

impl Consumer {
    pub async fn run(mut self) {
        let mut position = Position::START;
        let mut pause = self.pauses.first;
        // The sender is dropped only after the stop.
        while !self.stop.has_changed().unwrap_or(true) {
            // Records that come while these are read bring a new wake.
            let round = *self.wake.borrow_and_update();
            let step = self.step(position).await;
            if let Step::Advanced(reached) | Step::Failed(reached) = step
                && reached > position
            {
                position = reached;
                pause = self.pauses.first;
                self.checkpoint.reached(self.number, position);
            }
            match step {
                Step::Advanced(_) => {}
                Step::Idle => {
                    self.rounds.finished(self.number, round);
                    tokio::select! {
                        _ = self.wake.changed() => {}
                        _ = self.stop.changed() => return,
                        () = tokio::time::sleep(POLL_INTERVAL) => {}
                    }
                }
                Step::Failed(_) => {
                    tracing::warn!(
                        function = self.binary,
                        pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                        "the function failed on an event of the stream and is called again"
                    );
                    tokio::select! {
                        _ = self.stop.changed() => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = self.pauses.longest.min(pause * 2);
                }
            }
        }
    }

    async fn step(&self, position: Position) -> Step {
        let records = match self.stream.read(position, READ_LIMIT) {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(%error, "the stream cannot be read");
                return Step::Failed(position);
            }
        };
        let (batch, end) = self.batch(&records);
        let Some(end) = end else {
            return Step::Idle;
        };
        if batch.is_empty() {
            return Step::Advanced(end);
        }
        match self.first_failure(&batch).await {
            None => Step::Advanced(end),
            Some(failed) => {
                let handled = records
                    .iter()
                    .map(|record| record.position)
                    .take_while(|handled| *handled < failed);
                Step::Failed(handled.last().unwrap_or(position))
            }
        }
    }

    /// The first wanted records, and where the search for them ended.
    fn batch<'a>(&self, records: &'a [Record]) -> (Vec<&'a Record>, Option<Position>) {
        let mut batch = Vec::new();
        let mut end = None;
        for record in records {
            if batch.len() == self.source.batch_size {
                break;
            }
            end = Some(record.position);
            if self.source.wants(&record.event) {
                batch.push(record);
            }
        }
        (batch, end)
    }

    /// The whole batch fails if the function does not name the record, as in Lambda.
    async fn first_failure(&self, batch: &[&Record]) -> Option<Position> {
        let events: Vec<&Value> = batch.iter().map(|record| &record.event).collect();
        let answer = self
            .functions
            .invoke(&self.binary, json!({ "Records": events }))
            .await;
        let Ok(Ok(BatchResponse {
            batch_item_failures: failures,
        })) = answer.map(serde_json::from_value)
        else {
            return batch.first().map(|record| record.position);
        };
        let position = |named: &str| {
            let named = batch
                .iter()
                .find(|record| record.sequence_number == named)
                .or(batch.first());
            named.map(|record| record.position)
        };
        failures
            .iter()
            .filter_map(|failure| position(&failure.item_identifier))
            .min()
    }
}
