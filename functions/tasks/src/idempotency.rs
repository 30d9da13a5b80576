//! `Idempotency-Key`: the record of what a first request was answered with.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::{
    Error, Timestamp, hex,
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

#[derive(Deserialize)]
struct Record {
    body_hash: String,
    /// The task as it was created, as JSON.
    answer: String,
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
        let answer = serde_json::to_string(task)
            .map_err(|_| Error::Internal("an answer could not be kept"))?;
        let sk = format!("IDEMPOTENCY#{}", self.key_hash);
        let item = store::item(
            store::of_user(task.user_id, &sk),
            [
                ("body_hash", store::text(&self.body_hash)),
                ("answer", store::text(&answer)),
                ("expires_at", store::number(now.seconds() + LIFE_SECONDS)),
            ],
        );
        Ok(store::Write::put(item)
            // What has expired counts as gone, whether or not the table has removed it.
            .when("attribute_not_exists(pk) OR expires_at <= :now")
            .with(":now", store::number(now.seconds()))
            .returning_old())
    }

    /// The first request's answer once more.
    pub(crate) fn replay(&self, record: Item, user_id: Uuid) -> Result<Answer, Error> {
        let unreadable = "a record of a request cannot be read";
        let record: Record = store::read(record, unreadable)?;
        if record.body_hash != self.body_hash {
            return Err(Error::IdempotencyMismatch);
        }
        match serde_json::from_str::<Task>(&record.answer) {
            Ok(task) if task.user_id == user_id => create::answer(&task),
            _ => Err(Error::Internal(unreadable)),
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use shared::http::StatusCode;

    use super::*;
    use crate::asked::Asked;

    /// Key and body as the record knows them.
    fn record(key: Option<&str>, body: &str) -> (u16, serde_json::Value) {
        let headers = key
            .map(|key| ("idempotency-key", key))
            .into_iter()
            .collect();
        let asked = Asked {
            headers,
            body: body.to_owned(),
            ..Asked::default()
        };
        asked.of(|_, request| {
            Box::pin(async {
                let mut form = request.form()?;
                let repeatable = Repeatable::of(request, &mut form);
                form.finish(Some(()))?;
                let hashes = repeatable.map(|it| json!([it.key_hash, it.body_hash]));
                Answer::of(StatusCode::OK, &hashes)
            })
        })
    }

    proptest! {
        #[test]
        fn a_key_is_1_to_255_visible_characters(key in "[!-~]{1,60}|[!-~]{250,260}|[ -~\\t\u{e9}]{0,6}") {
            let is_good = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
            let (status, body) = record(Some(&key), "{}");
            prop_assert_eq!(status, if is_good { 200 } else { 422 });
            prop_assert_eq!(body["detail"]["fields"]["Idempotency-Key"].is_string(), !is_good);
        }

        #[test]
        fn two_requests_are_the_same_by_key_and_by_every_byte_of_the_body(
            keys in proptest::array::uniform2("[a-b]{1,3}"),
            blanks in proptest::array::uniform2("[ \\t\\n]{0,2}"),
        ) {
            let [one, other] = [0, 1].map(|n| record(Some(&keys[n]), &format!("{}{{}}", blanks[n])).1);
            prop_assert_eq!(one[0] == other[0], keys[0] == keys[1]);
            prop_assert_eq!(one[1] == other[1], blanks[0] == blanks[1]);
            prop_assert_ne!(&one[0], keys[0].as_str());
        }
    }

    #[test]
    fn without_the_header_nothing_is_recorded() {
        assert_eq!(record(None, "{}"), (200, json!(null)));
    }
}
