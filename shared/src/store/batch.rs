//! Several independent reads or deletions in one request. DynamoDB may process a part of them. The rest
//! is sent again.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, WriteRequest};

use super::{Item, Store, error, write::incomplete};
use crate::Error;

/// The limit of `BatchWriteItem`.
pub(super) const MAX_DELETIONS: usize = 25;

const READ_TRIES: u32 = 4;
const WRITE_TRIES: u32 = 6;

impl Store {
    /// Strongly consistent. The order of the items is not defined.
    pub(super) async fn read_batch(&self, keys: Vec<Item>) -> Result<Vec<Item>, Error> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|_| Error::Internal("a batch read lacks a part"))?;
        let mut wanted = HashMap::from([(self.table.clone(), wanted)]);
        let mut found = Vec::new();
        for attempt in 0..READ_TRIES {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(wanted))
                .send()
                .await
                .map_err(|error| error::from_sdk(&error))?;
            found.extend(
                answer
                    .responses
                    .into_iter()
                    .flatten()
                    .flat_map(|(_, items)| items),
            );
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(found);
            }
            self.pause(attempt).await?;
        }
        Err(Error::Unavailable("the store is throttling"))
    }

    /// After a failure any of them may have been deleted. They can be deleted again.
    pub(super) async fn delete_batch(&self, keys: Vec<Item>) -> Result<(), Error> {
        let deletions = keys
            .into_iter()
            .map(deletion)
            .collect::<Result<Vec<_>, _>>()?;
        let mut wanted = HashMap::from([(self.table.clone(), deletions)]);
        for attempt in 0..WRITE_TRIES {
            let answer = self
                .client
                .batch_write_item()
                .set_request_items(Some(wanted))
                .send()
                .await
                .map_err(|error| error::from_sdk(&error))?;
            wanted = answer.unprocessed_items.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(());
            }
            self.pause(attempt).await?;
        }
        Err(Error::Unavailable("the store is throttling"))
    }
}

fn deletion(key: Item) -> Result<WriteRequest, Error> {
    let deletion = DeleteRequest::builder().set_key(Some(key)).build();
    Ok(WriteRequest::builder()
        .delete_request(deletion.map_err(incomplete)?)
        .build())
}
