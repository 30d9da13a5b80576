//! Several writes in one request, none of which depends on another or on what is there.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};

use super::{Store, failure, keys::Item};
use crate::Error;

/// What one batch may hold.
pub(super) const MOST: usize = 25;

/// The store may do a part and hand the rest back; it is tried again this often.
const TRIES: u32 = 6;

pub(super) enum BatchWrite {
    Put(Item),
    Delete(Item),
}

impl Store {
    /// Where it fails, any of them may be written. Each may be repeated.
    pub(super) async fn write_batch(&self, writes: Vec<BatchWrite>) -> Result<(), Error> {
        let writes = writes
            .into_iter()
            .map(BatchWrite::into_request)
            .collect::<Result<Vec<_>, _>>()?;
        let mut wanted = HashMap::from([(self.table.clone(), writes)]);
        for attempt in 0..TRIES {
            let answer = self
                .client
                .batch_write_item()
                .set_request_items(Some(wanted))
                .send()
                .await
                .map_err(|error| failure::meaning(&error))?;
            wanted = answer.unprocessed_items.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(());
            }
            self.pause(attempt).await?;
        }
        Err(Error::Unavailable("the store is throttling"))
    }
}

impl BatchWrite {
    fn into_request(self) -> Result<WriteRequest, Error> {
        let incomplete = |_| Error::Internal("a write was left incomplete");
        let write = WriteRequest::builder();
        let write = match self {
            Self::Put(item) => {
                let put = PutRequest::builder().set_item(Some(item)).build();
                write.put_request(put.map_err(incomplete)?)
            }
            Self::Delete(key) => {
                let delete = DeleteRequest::builder().set_key(Some(key)).build();
                write.delete_request(delete.map_err(incomplete)?)
            }
        };
        Ok(write.build())
    }
}
