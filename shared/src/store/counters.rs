//! The counters of the limits. Each is one conditional update that is made before what it limits
//! begins, so however many come at once, no more than allowed go on. A counter that cannot be
//! reached refuses: without it nobody could tell a guess from the thousandth.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use uuid::Uuid;

use super::{Store, batch::BatchWrite, failure, keys};
use crate::{
    Error, Timestamp,
    limit::{FORGOTTEN_AFTER_SECONDS, Rate, seconds_to_wait, thresholds},
};

const FAILURES: &str = "LOGIN_FAILURES";

/// Whose failures an attempt at a password counts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Account(Uuid),
    /// The keyed hash of a name that no account has.
    Nobody(String),
}

impl Target {
    fn counter(&self) -> keys::Item {
        match self {
            Self::Account(id) => keys::counter(FAILURES, &id.to_string()),
            Self::Nobody(pseudonym) => keys::counter(FAILURES, pseudonym),
        }
    }
}

/// An attempt at a password that has been counted, as a failure until it turns out otherwise.
#[derive(Debug)]
pub struct Attempt {
    target: Target,
    id: Uuid,
    /// The failures before it are too long ago to count.
    begins_anew: bool,
}

impl Store {
    /// One more of so many in this window.
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

    /// Refuses while the wait after the failures before it lasts.
    pub async fn begin_attempt(
        &self,
        target: &Target,
        free: i64,
        now: Timestamp,
    ) -> Result<Attempt, Error> {
        let id = self.entropy.uuid()?;
        let forgotten_at = Timestamp::from_seconds(now.seconds() + FORGOTTEN_AFTER_SECONDS);
        let mut request = self
            .counting(target.counter(), id, forgotten_at)
            .update_expression(
                "SET failures = if_not_exists(failures, :none) + :one, last_at = :now, \
                 attempt_id = :attempt, expires_at = :expires_at, \
                 expiry_before = if_not_exists(expires_at, :expires_at)",
            )
            .expression_attribute_values(":now", keys::number(now.millis()))
            .return_values(ReturnValue::AllOld);
        let mut alternatives = Vec::new();
        for (place, threshold) in thresholds(free, now).into_iter().enumerate() {
            let mut all = Vec::new();
            if let Some(failures) = threshold.failures {
                all.push(format!("failures <= :failures{place}"));
                request = request.expression_attribute_values(
                    format!(":failures{place}"),
                    keys::number(failures),
                );
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
        let attempt = |forgotten_at: Option<i64>| Attempt {
            target: target.clone(),
            id,
            begins_anew: forgotten_at.is_some_and(|at| at <= now.seconds()),
        };
        match counted {
            Ok(before) => {
                let before = before.attributes.unwrap_or_default();
                Ok(attempt(keys::read_number(&before, "expires_at")))
            }
            Err(error) => {
                let there = refused_by(&error)?;
                if was_counted(&there, id) {
                    return Ok(attempt(keys::read_number(&there, "expiry_before")));
                }
                let wait = seconds_to_wait(number(&there, "failures")?, free);
                let ends_at = number(&there, "last_at")? + wait * 1000;
                let ends_at = Timestamp::from_millis(ends_at);
                Err(Error::too_many("the failures of an account", ends_at, now))
            }
        }
    }

    /// Forgets the failures before an attempt that are too long ago. Nothing waits for it but the
    /// answer, so it can be done beside the hashing.
    pub async fn settle(&self, attempt: &Attempt) -> Result<(), Error> {
        if !attempt.begins_anew {
            return Ok(());
        }
        let settled = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(attempt.target.counter()))
            .update_expression("SET failures = :one")
            .condition_expression("attempt_id = :attempt")
            .expression_attribute_values(":one", keys::number(1))
            .expression_attribute_values(":attempt", keys::text(&attempt.id))
            .send()
            .await;
        match settled {
            Ok(_) => Ok(()),
            // Another attempt came after this one; it counts on.
            Err(error) => refused_by(&error).map(drop),
        }
    }

    /// After a success the count begins again.
    pub async fn forget_failures(&self, target: &Target) -> Result<(), Error> {
        self.write_batch(vec![forget(target)]).await
    }

    /// The id of the attempt makes a repeat after a lost answer the same attempt.
    fn counting(
        &self,
        counter: keys::Item,
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

pub(super) fn forget(target: &Target) -> BatchWrite {
    BatchWrite::Delete(target.counter())
}

/// What is there, where the condition did not hold.
fn refused_by<R>(error: &SdkError<UpdateItemError, R>) -> Result<keys::Item, Error> {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
            Ok(refusal.item.clone().unwrap_or_default())
        }
        _ => Err(failure::meaning(error)),
    }
}

fn was_counted(there: &keys::Item, attempt: Uuid) -> bool {
    there.get("attempt_id") == Some(&keys::text(&attempt))
}

fn number(item: &keys::Item, name: &str) -> Result<i64, Error> {
    keys::read_number(item, name).ok_or(Error::Internal("a counter cannot be read"))
}
