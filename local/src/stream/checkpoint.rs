//! How far each function has handled the stream, and what is deleted of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{records::Position, trimmer::Trimmer};

/// A deletion takes the lock of the database file, and a write that meets it waits for milliseconds.
const TRIM_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Checkpoint(Arc<Mutex<Vec<Position>>>);

impl Checkpoint {
    #[must_use]
    pub fn new(consumers: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Position::START; consumers])))
    }

    pub fn reached(&self, consumer: usize, position: Position) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[consumer] = position;
    }

    fn handled_by_all(&self) -> Option<Position> {
        let positions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        positions.iter().min().copied()
    }

    /// Deletes from time to time what every function has handled, and a last time at the stop.
    pub async fn trim_with(self, trimmer: Trimmer, mut stop: watch::Receiver<()>) {
        let trimmer = Arc::new(Mutex::new(trimmer));
        let mut deleted_to = Position::START;
        let mut stopping = false;
        while !stopping {
            tokio::select! {
                _ = stop.changed() => stopping = true,
                () = tokio::time::sleep(TRIM_INTERVAL) => {}
            }
            let Some(handled) = self
                .handled_by_all()
                .filter(|handled| *handled > deleted_to)
            else {
                continue;
            };
            let trimmer = Arc::clone(&trimmer);
            // Waits for the lock of the file and for the disk.
            let deletion = tokio::task::spawn_blocking(move || {
                let trimmer = trimmer.lock().unwrap_or_else(PoisonError::into_inner);
                trimmer.trim(handled)
            });
            match deletion.await {
                Ok(Ok(())) => deleted_to = handled,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "handled records of the stream stay in it");
                }
                Err(_) => {}
            }
        }
    }
}
