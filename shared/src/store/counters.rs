//! The counters of the limits. Each count is one conditional update before the work that it limits,
//! so of many calls at once no more than allowed go on. A call whose counter cannot be reached is
//! refused: guesses could not be bounded otherwise.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use uuid::Uuid;

use super::{Item, Store, Write, error, keys};
use crate::{
    Error, Timestamp,
    limit::{FORGOTTEN_AFTER_SECONDS, Rate, seconds_to_wait, thresholds},
};

/// The subject of the failed attempts that a counter holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailuresOf {
    /// The keyed hash of a name as it was typed. The counter is the same whether or not an account
    /// has that name, so the waits tell nobody.
    Name(String),
    /// A browser that its owner has logged in with before.
    Device(Uuid),
    /// The keyed hash of a session that asks for the password again.
    Session(String),
}

impl FailuresOf {
    pub(super) fn counter(&self) -> Item {
        match self {
            Self::Name(pseudonym) => keys::counter("LOGIN_FAILURES", pseudonym),
            Self::Device(id) => keys::counter("DEVICE_FAILURES", &id.to_string()),
            Self::Session(pseudonym) => keys::counter("SESSION_FAILURES", pseudonym),
        }
    }
}

/// Failed attempts as they are counted at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedFailures {
    pub failures: i64,
    pub last_at: Timestamp,
}

impl CountedFailures {
    /// When the next attempt is let through.
    #[must_use]
    pub fn free_at(&self, free: i64) -> Timestamp {
        let wait = seconds_to_wait(self.failures, free);
        Timestamp::from_millis(self.last_at.millis() + wait * 1000)
    }
}

/// A counted attempt at a password. It counts as a failure until it succeeds.
#[derive(Debug)]
pub struct Attempt {
    failures: FailuresOf,
    id: Uuid,
    /// No failures before it count.
    is_first: bool,
    /// The failures before it have expired.
    restarts_count: bool,
}

impl Attempt {
    /// The write for a success. Owners alone see the counters of a device and of a session: they
    /// start again. Strangers see the counter of a name: it becomes as it was before the attempt,
    /// so a success neither clears their failures nor looks like one more. Of two successes at once,
    /// the time of one stays.
    ///
    /// Refused with [`Error::Conflict`] if a later attempt has changed the counter of a name.
    fn succeed(&self) -> Write {
        let counter = self.failures.counter();
        let write = match (&self.failures, self.is_first) {
            (FailuresOf::Device(_) | FailuresOf::Session(_), _) => return Write::delete(counter),
            (FailuresOf::Name(_), true) => Write::delete(counter),
            (FailuresOf::Name(_), false) => Write::update(
                counter,
                "SET failures = failures - :one, last_at = last_before, \
                 expires_at = expiry_before",
            )
            .with(":one", keys::number(1)),
        };
        write
            .when("attempt_id = :attempt")
            .with(":attempt", keys::text(&self.id))
            .or(|| Error::Conflict)
    }

    /// The same beside a later attempt, whose time stays.
    fn succeed_before_another(&self, now: Timestamp) -> Write {
        Write::update(
            self.failures.counter(),
            "SET failures = if_not_exists(failures, :one) - :one, \
             expires_at = if_not_exists(expires_at, :now)",
        )
        .with(":one", keys::number(1))
        .with(":now", keys::number(now.seconds()))
    }
}

impl Store {
    /// Counts one more in the current window, or refuses.
    pub async fn count(&self, rate: &Rate, whom: &str, now: Timestamp) -> Result<(), Error> {
        let attempt = self.entropy.uuid()?;
        let window = rate.window(now);
        let whom = format!("{whom}@{}", window.number);
        let counted = self
            .counting(keys::counter(rate.what, &whom), attempt, window.ends_at)
            .update_expression(
                "SET so_far = if_not_exists(so_far, :none) + :one, \
                 attempt_id = :attempt, expires_at = :expires_at",
            )
            .condition_expression(
                "attribute_not_exists(pk) OR (so_far < :most AND attempt_id <> :attempt)",
            )
            .expression_attribute_values(":most", keys::number(rate.most))
            .send()
            .await;
        match counted {
            Ok(_) => Ok(()),
            Err(error) if was_counted(&refused_by(&error)?, attempt) => Ok(()),
            Err(_) => Err(Error::too_many("a rate", window.ends_at, now)),
        }
    }

    /// Counts an attempt, or refuses it during the wait after earlier failures.
    pub async fn begin_attempt(
        &self,
        failures: &FailuresOf,
        free: i64,
        now: Timestamp,
    ) -> Result<Attempt, Error> {
        let id = self.entropy.uuid()?;
        let forgotten_at = Timestamp::from_seconds(now.seconds() + FORGOTTEN_AFTER_SECONDS);
        let mut request = self
            .counting(failures.counter(), id, forgotten_at)
            .update_expression(
                "SET failures = if_not_exists(failures, :none) + :one, last_at = :now, \
                 attempt_id = :attempt, expires_at = :expires_at, \
                 last_before = if_not_exists(last_at, :now), \
                 expiry_before = if_not_exists(expires_at, :expires_at)",
            )
            .expression_attribute_values(":now", keys::number(now.millis()))
            .return_values(ReturnValue::AllOld);
        let mut alternatives = Vec::new();
        for (place, threshold) in thresholds(free, now).into_iter().enumerate() {
            let mut all = Vec::new();
            if let Some(most) = threshold.failures {
                all.push(format!("failures <= :failures{place}"));
                request = request
                    .expression_attribute_values(format!(":failures{place}"), keys::number(most));
            }
            if let Some(last_by) = threshold.last_by {
                all.push(format!("last_at <= :last_by{place}"));
                request = request.expression_attribute_values(
                    format!(":last_by{place}"),
                    keys::number(last_by.millis()),
                );
            }
            alternatives.push(format!("({})", all.join(" AND ")));
        }
        let counted = request
            .condition_expression(format!(
                "attribute_not_exists(pk) OR (attempt_id <> :attempt AND ({}))",
                alternatives.join(" OR ")
            ))
            .send()
            .await;
        let attempt = |failures_before: i64, forgotten_at: Option<i64>| {
            let restarts_count = forgotten_at.is_some_and(|at| at <= now.seconds());
            Attempt {
                failures: failures.clone(),
                id,
                is_first: restarts_count || failures_before == 0,
                restarts_count,
            }
        };
        match counted {
            Ok(before) => {
                let before = before.attributes.unwrap_or_default();
                let failures = keys::read_number(&before, "failures").unwrap_or_default();
                Ok(attempt(failures, keys::read_number(&before, "expires_at")))
            }
            Err(error) => {
                let there = refused_by(&error)?;
                if was_counted(&there, id) {
                    let failures = number(&there, "failures")? - 1;
                    let expiry_before = keys::read_number(&there, "expiry_before");
                    return Ok(attempt(failures, expiry_before));
                }
                let wait = seconds_to_wait(number(&there, "failures")?, free);
                let ends_at = number(&there, "last_at")? + wait * 1000;
                let ends_at = Timestamp::from_millis(ends_at);
                Err(Error::too_many("failed attempts", ends_at, now))
            }
        }
    }

    /// Removes expired failures from the count. It can run beside the hashing: only the answer waits
    /// for it.
    pub async fn drop_expired_failures(&self, attempt: &Attempt) -> Result<(), Error> {
        if !attempt.restarts_count {
            return Ok(());
        }
        let updated = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(attempt.failures.counter()))
            .update_expression("SET failures = :one")
            .condition_expression("attempt_id = :attempt")
            .expression_attribute_values(":one", keys::number(1))
            .expression_attribute_values(":attempt", keys::text(&attempt.id))
            .send()
            .await;
        match updated {
            Ok(_) => Ok(()),
            // A later attempt counts on.
            Err(error) => refused_by(&error).map(drop),
        }
    }

    /// Takes an attempt with the right password out of the failures, in one transaction with other
    /// writes.
    pub async fn end_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        others: impl Fn() -> Vec<Write> + Send + Sync,
    ) -> Result<(), Error> {
        let with = |counter: Write| {
            let mut writes = others();
            writes.push(counter);
            writes
        };
        match self.transact(with(attempt.succeed())).await {
            Err(Error::Conflict) => {
                let counter = attempt.succeed_before_another(now);
                self.transact(with(counter)).await
            }
            outcome => outcome,
        }
    }

    /// The failures that count now. None if there are none.
    pub async fn failures(
        &self,
        failures: &FailuresOf,
        now: Timestamp,
    ) -> Result<Option<CountedFailures>, Error> {
        let Some(counter) = self.get(failures.counter()).await? else {
            return Ok(None);
        };
        let failed = CountedFailures {
            failures: number(&counter, "failures")?,
            last_at: Timestamp::from_millis(number(&counter, "last_at")?),
        };
        let is_forgotten = number(&counter, "expires_at")? <= now.seconds();
        Ok((!is_forgotten && failed.failures > 0).then_some(failed))
    }

    /// Deletes the counter of a session after a success.
    pub async fn forget_failures(&self, failures: &FailuresOf) -> Result<(), Error> {
        self.delete_batch(vec![failures.counter()]).await
    }

    /// The id of the attempt identifies a retry after a lost answer.
    fn counting(
        &self,
        counter: Item,
        attempt: Uuid,
        expires_at: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(counter))
            .expression_attribute_values(":none", keys::number(0))
            .expression_attribute_values(":one", keys::number(1))
            .expression_attribute_values(":attempt", keys::text(&attempt))
            .expression_attribute_values(":expires_at", keys::number(expires_at.seconds()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// The counter as it is, if the condition did not hold.
fn refused_by<R>(refused: &SdkError<UpdateItemError, R>) -> Result<Item, Error> {
    match refused.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
            Ok(refusal.item.clone().unwrap_or_default())
        }
        _ => Err(error::from_sdk(refused)),
    }
}

fn was_counted(there: &Item, attempt: Uuid) -> bool {
    there.get("attempt_id") == Some(&keys::text(&attempt))
}

fn number(item: &Item, name: &str) -> Result<i64, Error> {
    keys::read_number(item, name).ok_or(Error::Internal("a counter cannot be read"))
}
