//! `Idempotency-Key`: the record of what a first request was answered with.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{
    Error, Timestamp,
    http::{Answer, Form, Request},
    store::{self, Item},
};
use uuid::Uuid;

use crate::{create, task::Task};

const LIFE_SECONDS: i64 = 24 * 60 * 60;

/// A request that may be repeated.
#[derive(Debug)]
pub(crate) struct Repeatable {
    key_hash: String,
    body_hash: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    body_hash: String,
    /// The task as it was created, as JSON.
    answer: String,
    expires_at: i64,
}

impl Repeatable {
    /// None without the header. What is wrong with it is told with what is wrong with the fields.
    pub(crate) fn of(request: &Request, form: &mut Form) -> Option<Self> {
        let value = request.headers().get("idempotency-key")?;
        let key = value
            .to_str()
            .ok()
            .filter(|key| (1..=255).contains(&key.len()))
            .filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
        if key.is_none() {
            form.refuse("Idempotency-Key", "Give 1 to 255 visible ASCII characters.");
        }
        Some(Self {
            key_hash: hash(key?.as_bytes()),
            body_hash: hash(request.body()),
        })
    }

    /// The record of a first request, to be put with the task itself.
    pub(crate) fn record(&self, task: &Task, now: Timestamp) -> Result<store::Write, Error> {
        let record = Record {
            body_hash: self.body_hash.clone(),
            answer: serde_json::to_string(task)
                .map_err(|_| Error::Internal("an answer could not be kept"))?,
            expires_at: now.seconds() + LIFE_SECONDS,
        };
        let sk = format!("IDEMPOTENCY#{}", self.key_hash);
        let item = store::item(store::of_user(task.user_id, &sk), &record)?;
        Ok(store::Write::put(item)
            // What has expired counts as gone, whether or not the table has removed it.
            .when("attribute_not_exists(pk) OR expires_at <= :now")
            .with(":now", store::number(now.seconds()))
            .returning_old())
    }

    /// The first request's answer once more.
    pub(crate) fn replay(&self, record: Item, user_id: Uuid) -> Result<Answer, Error> {
        let unreadable = Error::Internal("a record of a request cannot be read");
        let Ok(record) = serde_dynamo::from_item::<_, Record>(record) else {
            return Err(unreadable);
        };
        if record.body_hash != self.body_hash {
            return Err(Error::IdempotencyMismatch);
        }
        match serde_json::from_str::<Task>(&record.answer) {
            Ok(task) if task.user_id == user_id => Ok(create::answer(&task)),
            _ => Err(unreadable),
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
