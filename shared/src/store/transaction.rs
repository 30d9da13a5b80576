//! Several conditional writes, all or nothing. The client request token makes the repeat of a
//! transaction whose answer was lost succeed as the first one did.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::SdkError, operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

use super::{
    Item, Store, error,
    write::{Refusal, Write},
};
use crate::Error;

/// Concurrent writers of the same items cancel a transaction. It is then tried again.
const MAX_TRIES: u32 = 7;
const FIRST_PAUSE_MILLIS: u64 = 8;

impl Store {
    /// The error is that of the first write in the list that is refused.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<(), Error> {
        match self.transact_or_existing(writes).await? {
            None => Ok(()),
            Some(_) => Err(Error::Internal("an item was there and nobody asked for it")),
        }
    }

    /// Returns the existing item if the first refused write was marked by [`Write::or_existing`]. It is
    /// empty if there is none.
    pub async fn transact_or_existing(&self, writes: Vec<Write>) -> Result<Option<Item>, Error> {
        let token = self.entropy.uuid()?.to_string();
        let (writes, refusals): (Vec<_>, Vec<_>) = writes
            .into_iter()
            .map(|write| write.into_parts(&self.table))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .unzip();
        for attempt in 0..MAX_TRIES {
            let request = self
                .client
                .transact_write_items()
                .client_request_token(&token)
                .set_transact_items(Some(writes.clone()));
            let Err(error) = request.send().await else {
                return Ok(None);
            };
            match Cancellation::of(&error) {
                Cancellation::Refused { index, existing } => {
                    return match refusals.get(index) {
                        Some(Refusal::Error(error)) => Err(error()),
                        Some(Refusal::ByExisting(error)) => Err(error(existing)),
                        Some(Refusal::Existing) => Ok(Some(existing.unwrap_or_default())),
                        Some(Refusal::Skip) => Ok(None),
                        None => Err(Error::Internal("a refusal without a cause")),
                    };
                }
                Cancellation::Conflict => self.pause(attempt).await?,
                Cancellation::Failed(error) => return Err(error),
            }
        }
        Err(Error::Unavailable("too many writers of the same items"))
    }

    /// Exponential backoff with jitter.
    pub(super) async fn pause(&self, attempt: u32) -> Result<(), Error> {
        let [jitter] = self.entropy.bytes::<1>()?;
        let longest = FIRST_PAUSE_MILLIS << attempt;
        let millis = longest / 2 + longest * u64::from(jitter) / 512;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }
}

/// The reason why nothing was written.
enum Cancellation {
    Refused {
        index: usize,
        existing: Option<Item>,
    },
    Conflict,
    Failed(Error),
}

impl Cancellation {
    fn of<R>(error: &SdkError<TransactWriteItemsError, R>) -> Self {
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionInProgressException(_)) => Self::Conflict,
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Self::by_reasons(cancelled.cancellation_reasons())
            }
            _ => Self::Failed(error::from_sdk(error)),
        }
    }

    /// The reasons are in the order of the writes:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
    fn by_reasons(reasons: &[CancellationReason]) -> Self {
        let first = |code: &str| {
            let mut indexed = reasons.iter().enumerate();
            indexed.find(|(_, reason)| reason.code() == Some(code))
        };
        if let Some((index, reason)) = first("ConditionalCheckFailed") {
            let existing = reason.item.clone();
            Self::Refused { index, existing }
        } else if first("TransactionConflict").is_some() {
            Self::Conflict
        } else if first("ThrottlingError").is_some()
            || first("ProvisionedThroughputExceeded").is_some()
        {
            Self::Failed(Error::Unavailable("the store is throttling"))
        } else {
            Self::Failed(Error::Internal("the store cancelled a transaction"))
        }
    }
}
