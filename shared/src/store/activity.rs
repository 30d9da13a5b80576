//! The authentication log of each user.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use uuid::Uuid;

use super::{Store, failure, keys, write::Write};
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
    pub async fn record(&self, user_id: Uuid, new: &NewEntry) -> Result<(), Error> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(user_id, new)))
            .send()
            .await
            .map_err(|error| failure::meaning(&error))?;
        Ok(())
    }

    /// The same request for a user that nobody is, and nothing is kept of it: whoever measures the
    /// time of a failed login learns nothing.
    pub async fn record_for_nobody(&self, new: &NewEntry) -> Result<(), Error> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(self.entropy.uuid()?, new)))
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        match sent {
            Ok(_) => Err(Error::Internal("a random user id was there already")),
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
