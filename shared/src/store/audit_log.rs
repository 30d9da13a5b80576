//! The authentication log of each user.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::AttributeValue};
use uuid::Uuid;

use super::{
    Attempt, Item, SessionRecord, Store, Write, account_is_not_being_deleted, deserialize, error,
    keys, session_records,
};
use crate::{
    Error, Timestamp,
    audit::{Entry, NewEntry},
};

/// A part of a user's log, newest first.
#[derive(Debug)]
pub struct AuditPage {
    pub entries: Vec<Entry>,
    /// The last entry of the page, if the log goes on behind it.
    pub last: Option<Uuid>,
}

impl Store {
    /// An account that is gone or being deleted keeps no entries.
    pub async fn record(&self, user_id: Uuid, new: &NewEntry) -> Result<(), Error> {
        self.transact(vec![
            account_is_not_being_deleted(user_id).or_skip(),
            write(user_id, new),
        ])
        .await
    }

    /// For what may only be done once its entry is stored: [`Error::Conflict`] if the account is gone
    /// or being deleted.
    pub async fn record_or_conflict(&self, user_id: Uuid, new: &NewEntry) -> Result<(), Error> {
        self.transact(vec![
            account_is_not_being_deleted(user_id).or(|| Error::Conflict),
            write(user_id, new),
        ])
        .await
    }

    /// Writes the entry and the new session, and takes the attempt out of the failures, in one
    /// transaction.
    pub async fn record_login(
        &self,
        user_id: Uuid,
        new: &NewEntry,
        session: &SessionRecord,
        attempt: &Attempt,
    ) -> Result<(), Error> {
        let writes = || {
            vec![
                account_is_not_being_deleted(user_id)
                    .or(|| Error::InvalidCredentials("account being deleted")),
                write(user_id, new),
                session_records::write(user_id, session),
            ]
        };
        let now = new.entry.timestamp;
        self.end_attempt(attempt, now, writes).await
    }

    /// Makes the same request for a known and an unknown account, so its time tells nothing. For an
    /// unknown account the condition never holds, and nothing is stored.
    pub async fn record_refused_login(
        &self,
        user_id: Option<Uuid>,
        new: &NewEntry,
    ) -> Result<(), Error> {
        let never = user_id.is_none().then_some("attribute_exists(pk)");
        let user_id = user_id.map_or_else(|| self.entropy.uuid(), Ok)?;
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(user_id, new)))
            .set_condition_expression(never.map(str::to_owned))
            .send()
            .await;
        match sent {
            Ok(_) if never.is_some() => Err(Error::Internal("a random user id was there already")),
            Ok(_) => Ok(()),
            Err(refused) => match refused.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(error::from_sdk(&refused)),
            },
        }
    }

    /// The entries before `before`, none of them older than `oldest`.
    pub async fn audit_page(
        &self,
        user_id: Uuid,
        before: Option<Uuid>,
        oldest: Timestamp,
        now: Timestamp,
        limit: usize,
    ) -> Result<AuditPage, Error> {
        let oldest = first_id_at(oldest);
        // DynamoDB refuses a start key outside of the range.
        if before.is_some_and(|before| before < oldest) {
            return Ok(AuditPage {
                entries: Vec::new(),
                last: None,
            });
        }
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :user AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":user", keys::user_partition(user_id))
            .expression_attribute_values(":oldest", keys::text(&keys::audit_entry_sort_key(oldest)))
            .expression_attribute_values(":newest", keys::text(&keys::audit_entry_sort_key(Uuid::max())))
            .set_exclusive_start_key(before.map(|id| keys::audit_entry(user_id, id)))
            .scan_index_forward(false)
            // One more than the page holds tells whether the log goes on.
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| error::from_sdk(&error))?;
        let items = found.items.unwrap_or_default();
        let goes_on = items.len() > limit;
        let mut entries = Vec::with_capacity(limit);
        let mut last = None;
        for item in items.into_iter().take(limit) {
            let (entry, is_kept) = read(item, now)?;
            last = Some(entry.id);
            if is_kept {
                entries.push(entry);
            }
        }
        Ok(AuditPage {
            entries,
            last: last.filter(|_| goes_on),
        })
    }
}

/// None for an expired entry.
pub fn read_log_entry(item: Item, now: Timestamp) -> Result<Option<Entry>, Error> {
    let (entry, is_kept) = read(item, now)?;
    Ok(is_kept.then_some(entry))
}

/// The entry, and whether it is still kept: DynamoDB may delete expired items days late.
fn read(item: Item, now: Timestamp) -> Result<(Entry, bool), Error> {
    let expires_at = keys::read_number(&item, "expires_at");
    let entry = deserialize(item, "a log entry cannot be read")?;
    Ok((entry, expires_at.is_some_and(|at| at > now.seconds())))
}

/// The lowest version 7 UUID of that time.
fn first_id_at(time: Timestamp) -> Uuid {
    let millis = u64::try_from(time.millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// A write for the transaction that the entry tells of.
pub(super) fn write(user_id: Uuid, new: &NewEntry) -> Write {
    Write::put(item(user_id, new))
}

fn item(user_id: Uuid, NewEntry { entry, expires_at }: &NewEntry) -> Item {
    let mut item = keys::item(
        keys::audit_entry(user_id, entry.id),
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
    );
    // Absent from all others.
    item.extend(
        entry
            .operator
            .as_ref()
            .map(|operator| ("operator".to_owned(), keys::text(operator))),
    );
    item
}
