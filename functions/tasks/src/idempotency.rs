//! `Idempotency-Key`: a repeated request gets the answer of the first one.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::{
    Error, Timestamp, hex,
    store::{self, Item, Write, keys},
};
use uuid::Uuid;

use crate::task::Task;

const LIFE_SECONDS: i64 = 24 * 60 * 60;

/// The key and the body that it came with, as hashes.
#[derive(Debug)]
pub(crate) struct IdempotencyKey {
    key_hash: String,
    body_hash: String,
}

#[derive(Deserialize)]
struct Record {
    body_hash: String,
    /// The created task as JSON.
    answer: String,
}

impl IdempotencyKey {
    pub(crate) fn new(key: &str, body: &[u8]) -> Option<Self> {
        let is_valid =
            (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then(|| Self {
            key_hash: hash(key.as_bytes()),
            body_hash: hash(body),
        })
    }

    /// Stores the answer in the transaction that creates the task.
    pub(crate) fn record(&self, task: &Task, now: Timestamp) -> Result<Write, Error> {
        let answer = serde_json::to_string(task)
            .map_err(|_| Error::Internal("a task could not be stored as JSON"))?;
        let item = keys::item(
            keys::idempotency_record(task.user_id, &self.key_hash),
            [
                ("body_hash", keys::text(&self.body_hash)),
                ("answer", keys::text(&answer)),
                ("expires_at", keys::number(now.seconds() + LIFE_SECONDS)),
            ],
        );
        Ok(Write::put(item)
            // DynamoDB may delete expired items days late.
            .when("attribute_not_exists(pk) OR expires_at <= :now")
            .with(":now", keys::number(now.seconds()))
            .or_existing())
    }

    /// The task of the first request.
    pub(crate) fn replay(&self, record: Item, user_id: Uuid) -> Result<Task, Error> {
        let unreadable = "an idempotency record cannot be read";
        let record: Record = store::deserialize(record, unreadable)?;
        if record.body_hash != self.body_hash {
            return Err(Error::IdempotencyMismatch);
        }
        serde_json::from_str::<Task>(&record.answer)
            .ok()
            .filter(|task| task.user_id == user_id)
            .ok_or(Error::Internal(unreadable))
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
