//! The authentication log of each user.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use uuid::Uuid;

use super::{
    Store,
    batch::BatchWrite,
    counters::{Target, forget},
    failure, keys,
    write::{Write, not_leaving},
};
use crate::{
    Error, Timestamp,
    activity::{Entry, NewEntry},
};

const PREFIX: &str = "LOG#";

/// A stretch of a log, newest first.
#[derive(Debug)]
pub struct Activity {
    pub entries: Vec<Entry>,
    /// Behind which entry it goes on, unless this is its end.
    pub next: Option<Uuid>,
}

impl Store {
    /// Nothing is kept of an account that goes, or has gone.
    pub async fn record(&self, user_id: Uuid, new: &NewEntry) -> Result<(), Error> {
        let written = self
            .transact(vec![not_leaving(user_id), write(user_id, new)])
            .await;
        written.map(drop)
    }

    /// With the end of the failures before it, in one request, as a request costs more than what it writes.
    pub async fn record_login(
        &self,
        user_id: Uuid,
        new: &NewEntry,
        target: &Target,
    ) -> Result<(), Error> {
        let entry = BatchWrite::Put(item(user_id, new));
        self.write_batch(vec![entry, forget(target)]).await
    }

    /// The same request whether there is a log to write it to or not, and then nothing is kept of it: whoever measures
    /// the time of a failed login learns nothing.
    pub async fn record_refused_login(
        &self,
        user_id: Option<Uuid>,
        new: &NewEntry,
    ) -> Result<(), Error> {
        let only_if_there = user_id.is_none().then_some("attribute_exists(pk)");
        let user_id = user_id.map_or_else(|| self.entropy.uuid(), Ok)?;
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(user_id, new)))
            .set_condition_expression(only_if_there.map(str::to_owned))
            .send()
            .await;
        match sent {
            Ok(_) if only_if_there.is_some() => {
                Err(Error::Internal("a random user id was there already"))
            }
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(failure::meaning(&error)),
            },
        }
    }

    /// From the newest entry that is older than `before` to the oldest of `oldest`.
    pub async fn activity(
        &self,
        user_id: Uuid,
        before: Option<Uuid>,
        oldest: Timestamp,
        now: Timestamp,
        limit: usize,
    ) -> Result<Activity, Error> {
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :user AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":user", keys::partition(user_id))
            .expression_attribute_values(":oldest", keys::text(&sort_key(first_id_at(oldest))))
            .expression_attribute_values(":newest", keys::text(&sort_key(Uuid::max())))
            .set_exclusive_start_key(before.map(|id| keys::of_user(user_id, &sort_key(id))))
            .scan_index_forward(false)
            // One more than asked for tells whether the list goes on.
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failure::meaning(&error))?;
        let items = found.items.unwrap_or_default();
        let goes_on = items.len() > limit;
        let mut entries = Vec::with_capacity(limit);
        let mut last = None;
        for item in items.into_iter().take(limit) {
            let expires_at = keys::read_number(&item, "expires_at");
            let entry: Entry = super::read(item, "a log entry cannot be read")?;
            last = Some(entry.id);
            // The table's own expiry may be days late.
            if expires_at.is_some_and(|at| at > now.seconds()) {
                entries.push(entry);
            }
        }
        Ok(Activity {
            entries,
            next: last.filter(|_| goes_on),
        })
    }
}

fn sort_key(id: Uuid) -> String {
    format!("{PREFIX}{id}")
}

/// No entry of that moment or later has a lower id.
fn first_id_at(moment: Timestamp) -> Uuid {
    let millis = u64::try_from(moment.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// To be written with what it tells of, or not at all.
pub(super) fn write(user_id: Uuid, new: &NewEntry) -> Write {
    Write::put(item(user_id, new))
}

fn item(user_id: Uuid, NewEntry { entry, expires_at }: &NewEntry) -> keys::Item {
    keys::item(
        keys::of_user(user_id, &sort_key(entry.id)),
        [
            ("id", keys::text(&entry.id)),
            ("action", keys::text(entry.action.as_str())),
            ("success", AttributeValue::Bool(entry.success)),
            (
                "error_message",
                keys::optional(entry.error_message.as_ref(), keys::text),
            ),
            ("timestamp", keys::text(&entry.timestamp)),
            ("ip", keys::optional(entry.ip.as_ref(), keys::text)),
            (
                "user_agent",
                keys::optional(entry.user_agent.as_ref(), keys::text),
            ),
            ("request_id", keys::text(&entry.request_id)),
            ("expires_at", keys::number(expires_at.seconds())),
        ],
    )
}
