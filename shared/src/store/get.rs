//! Reads of one item.

use super::{Item, Store, error};
use crate::Error;

impl Store {
    /// Strongly consistent.
    pub(super) async fn get(&self, key: Item) -> Result<Option<Item>, Error> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| error::from_sdk(&error))?;
        Ok(found.item)
    }

    /// The same by a batch of one, for functions that read batches anyhow: every kind of request
    /// adds 40 KiB to a binary.
    pub async fn get_by_batch(&self, key: Item) -> Result<Option<Item>, Error> {
        let found = self.read_batch(vec![key]).await?;
        Ok(found.into_iter().next())
    }
}
