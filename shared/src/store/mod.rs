//! The DynamoDB table, and one named method per act. Each act is one request, with its condition
//! beside it.

mod accounts;
mod activity;
mod batch;
mod conflict;
mod connection;
mod counters;
mod deletion;
mod failure;
mod https;
mod identifiers;
mod keys;
mod reading;
mod sessions;
mod surroundings;
mod transaction;
mod write;

use aws_sdk_dynamodb::Client;

pub use accounts::Profile;
pub use activity::Activity;
pub use connection::Connection;
pub use counters::{Attempt, Target};
pub use failure::meaning;
pub use keys::{Item, count, item, number, of_user, optional, partition, text};
pub use reading::read;
pub use sessions::Standing;
pub use transaction::{Outcome, Refusal};
pub use write::{Write, not_leaving};

use crate::{Entropy, Error};

#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    entropy: Entropy,
}

impl Store {
    #[must_use]
    pub fn new(connection: &Connection, table: &str, entropy: Entropy) -> Self {
        Self {
            client: connection.client(),
            table: table.to_owned(),
            entropy,
        }
    }

    /// One item, strongly consistent.
    async fn get(&self, key: Item) -> Result<Option<Item>, Error> {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| meaning(&error))?;
        Ok(found.item)
    }

    /// The same as a batch of one, for functions that read batches: each kind of request that one knows is 40 KiB of its
    /// binary.
    pub async fn find(&self, key: Item) -> Result<Option<Item>, Error> {
        let found = self.read_batch(vec![key]).await?;
        Ok(found.into_iter().next())
    }

    /// For the items of one endpoint alone, which its own folder describes.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}
