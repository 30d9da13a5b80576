//! The table, and the client that reaches it.

use aws_sdk_dynamodb::Client;

use super::Connection;
use crate::Entropy;

#[derive(Clone, Debug)]
pub struct Store {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) entropy: Entropy,
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

    /// For items that one function alone knows.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}
