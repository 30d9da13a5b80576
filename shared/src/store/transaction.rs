//! Several conditional writes as one, all or nothing. The request token makes a repeat of the same
//! transaction, after a lost answer, the success that it was.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::SdkError, operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

use super::{Store, failure, keys::Item, write::Write};
use crate::Error;

/// Others at work on the same items cancel a transaction; it is tried again this often.
const TRIES: u32 = 7;
const FIRST_PAUSE_MILLIS: u64 = 8;

#[derive(Debug)]
pub enum Outcome {
    Committed,
    /// Nothing was written, since these conditions did not hold.
    Refused(Vec<Refusal>),
}

#[derive(Debug)]
pub struct Refusal {
    /// Of the write in the list.
    pub place: usize,
    /// What is there instead, where the write asked for it.
    pub old: Option<Item>,
}

impl Outcome {
    #[must_use]
    pub fn was_refused_by(&self, place: usize) -> bool {
        matches!(self, Self::Refused(all) if all.iter().any(|refusal| refusal.place == place))
    }
}

impl Store {
    pub async fn transact(&self, writes: Vec<Write>) -> Result<Outcome, Error> {
        let token = self.entropy.uuid()?.to_string();
        let writes = writes
            .into_iter()
            .map(|write| write.into_transaction_item(&self.table))
            .collect::<Result<Vec<_>, _>>()?;
        for attempt in 0..TRIES {
            let request = self
                .client
                .transact_write_items()
                .client_request_token(&token)
                .set_transact_items(Some(writes.clone()));
            let Err(error) = request.send().await else {
                return Ok(Outcome::Committed);
            };
            match verdict(&error) {
                Verdict::Refused(refusals) => return Ok(Outcome::Refused(refusals)),
                Verdict::InConflict => self.pause(attempt).await?,
                Verdict::Failed(error) => return Err(error),
            }
        }
        Err(Error::Unavailable("too many at once write the same items"))
    }

    /// Twice as long each time, and never in step with the others.
    pub(super) async fn pause(&self, attempt: u32) -> Result<(), Error> {
        let [jitter] = self.entropy.bytes::<1>()?;
        let longest = FIRST_PAUSE_MILLIS << attempt;
        let millis = longest / 2 + longest * u64::from(jitter) / 512;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }
}

enum Verdict {
    Refused(Vec<Refusal>),
    InConflict,
    Failed(Error),
}

fn verdict<R>(error: &SdkError<TransactWriteItemsError, R>) -> Verdict {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Verdict::InConflict,
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            by_reasons(cancelled.cancellation_reasons())
        }
        _ => Verdict::Failed(failure::meaning(error)),
    }
}

/// The reasons stand in the order of the writes.
fn by_reasons(reasons: &[CancellationReason]) -> Verdict {
    let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    let refused: Vec<Refusal> = reasons
        .iter()
        .enumerate()
        .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
        .map(|(place, reason)| Refusal {
            place,
            old: reason.item.clone(),
        })
        .collect();
    if !refused.is_empty() {
        Verdict::Refused(refused)
    } else if has("TransactionConflict") {
        Verdict::InConflict
    } else if has("ThrottlingError") || has("ProvisionedThroughputExceeded") {
        Verdict::Failed(Error::Unavailable("the store is throttling"))
    } else {
        Verdict::Failed(Error::Internal("the store cancelled a transaction"))
    }
}
