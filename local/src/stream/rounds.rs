//! How often the poller was woken, and which of these rounds each function has finished.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the wakes.
pub type Round = u64;

#[derive(Debug, Clone)]
pub struct Rounds {
    latest: Arc<watch::Sender<Round>>,
    finished: Arc<watch::Sender<Vec<Round>>>,
}

impl Rounds {
    #[must_use]
    pub fn new(consumers: usize) -> Self {
        Self {
            latest: Arc::new(watch::Sender::new(0)),
            finished: Arc::new(watch::Sender::new(vec![0; consumers])),
        }
    }

    /// Wakes the consumers.
    pub fn begin(&self) {
        self.next();
    }

    fn next(&self) -> Round {
        let mut begun = 0;
        self.latest.send_modify(|latest| {
            *latest += 1;
            begun = *latest;
        });
        begun
    }

    #[must_use]
    pub fn begun(&self) -> watch::Receiver<Round> {
        self.latest.subscribe()
    }

    /// The consumer found nothing more to do, and began to look for it in this round.
    pub fn finished(&self, consumer: usize, round: Round) {
        self.finished.send_if_modified(|finished| {
            let is_new = finished[consumer] < round;
            finished[consumer] = round;
            is_new
        });
    }

    /// Completes when every function has handled all that was written before this call.
    pub async fn until_handled(&self) {
        let round = self.next();
        let mut finished = self.finished.subscribe();
        // The sender lives as long as this value.
        let _ = finished
            .wait_for(|finished| finished.iter().all(|done| *done >= round))
            .await;
    }
}
