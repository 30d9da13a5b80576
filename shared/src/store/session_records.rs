//! One item a session, for the list that its owner sees. No token's validity depends on it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use uuid::Uuid;

use super::{Item, Store, Write, deserialize, error, keys};
use crate::{Error, Timestamp, TokenFault, account::Account, token::SessionId};

const IS_ENDED: &str = "is_ended";

/// A list must end in time, however many sessions a program has opened.
const MOST_PAGES: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SessionRecord {
    pub id: SessionId,
    /// When the password was given.
    pub created_at: Timestamp,
    /// When its last token was issued. Other calls write nothing.
    pub last_used_at: Timestamp,
    /// The expiry of its last token, in seconds.
    pub expires_at: i64,
    #[serde(default)]
    pub ip: Option<String>,
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The count that its last token carries.
    pub session_generation: u64,
}

impl SessionRecord {
    /// None for a session that was ended.
    pub fn read(item: Item) -> Result<Option<Self>, Error> {
        if item.contains_key(IS_ENDED) {
            return Ok(None);
        }
        deserialize(item, "a session item cannot be read").map(Some)
    }

    /// Sessions that ended all at once keep their items until these expire.
    #[must_use]
    pub fn is_live(&self, account: &Account, max_age_seconds: i64, now: Timestamp) -> bool {
        // The setting may have been lowered since.
        let session_end = self.created_at.seconds().saturating_add(max_age_seconds);
        self.session_generation == account.session_generation
            && self.expires_at.min(session_end) > now.seconds()
    }

    pub fn sort_newest_first(sessions: &mut [Self]) {
        sessions.sort_by(|a, b| {
            let newest_first = b.created_at.cmp(&a.created_at);
            // Whole seconds; the last use is in milliseconds.
            let used_last_first = newest_first.then_with(|| b.last_used_at.cmp(&a.last_used_at));
            used_last_first.then_with(|| a.id.as_str().cmp(b.id.as_str()))
        });
    }
}

impl Store {
    /// The live sessions of an account, the newest first.
    pub async fn live_sessions(
        &self,
        account: &Account,
        max_age_seconds: i64,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, Error> {
        let mut sessions = self.session_records(account.id).await?;
        sessions.retain(|session| session.is_live(account, max_age_seconds, now));
        SessionRecord::sort_newest_first(&mut sessions);
        Ok(sessions)
    }

    /// The records of a user that are no stubs, live or not, in the order of their ids. It asks for
    /// no account, so both can be read at once. A page is a megabyte, some 2,500 records.
    pub async fn session_records(&self, user_id: Uuid) -> Result<Vec<SessionRecord>, Error> {
        let mut sessions = Vec::new();
        let mut from = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :user AND begins_with(sk, :kind)")
                .expression_attribute_values(":user", keys::user_partition(user_id))
                .expression_attribute_values(":kind", keys::text(keys::SESSION_RECORD_PREFIX))
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| error::from_sdk(&error))?;
            for item in page.items.unwrap_or_default() {
                sessions.extend(SessionRecord::read(item)?);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        Ok(sessions)
    }
}

/// The record of a new session.
pub(super) fn write(user_id: Uuid, session: &SessionRecord) -> Write {
    let SessionRecord {
        id,
        created_at,
        last_used_at,
        expires_at,
        ip,
        user_agent,
        session_generation,
    } = session;
    Write::put(keys::item(
        keys::session_record(user_id, id),
        [
            ("id", keys::text(id)),
            ("created_at", keys::text(created_at)),
            ("last_used_at", keys::text(last_used_at)),
            ("expires_at", keys::number(*expires_at)),
            ("ip", keys::optional(ip.as_ref(), keys::text)),
            (
                "user_agent",
                keys::optional(user_agent.as_ref(), keys::text),
            ),
            ("session_generation", keys::count(*session_generation)),
        ],
    ))
}

/// The same for a session that goes on. Without a record, it gets one.
pub(super) fn renew(user_id: Uuid, session: &SessionRecord) -> Write {
    write(user_id, session)
        .when("attribute_not_exists(is_ended) OR expires_at <= :now")
        .with(":now", keys::number(session.last_used_at.seconds()))
        .or(|| TokenFault::Revoked("the session was ended meanwhile").into())
}

/// Takes a session off the list. The mark stays, so a refresh that has begun cannot bring it back.
pub(super) fn end(user_id: Uuid, id: &SessionId, until: Timestamp) -> Write {
    Write::put(keys::item(
        keys::session_record(user_id, id),
        [
            (IS_ENDED, AttributeValue::Bool(true)),
            ("expires_at", keys::number(until.seconds())),
        ],
    ))
}
