//! More tries at the store than its client makes: a call that waits for an answer has no time for them,
//! and the mailer has.

use std::time::Duration;

use shared::Error;

/// Before each next try.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

pub async fn retry<T, F>(attempt: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut outcome = attempt().await;
    for pause in PAUSES {
        if outcome.is_ok() {
            break;
        }
        tokio::time::sleep(pause).await;
        outcome = attempt().await;
    }
    outcome
}
