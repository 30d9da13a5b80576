//! The items of one kind, in ascending order of their keys: a reader that goes on behind the last key meets
//! every item that stays, once, whatever is written meanwhile.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, Store, error, keys};
use crate::Error;

#[derive(Debug)]
pub struct ItemsInOrder {
    /// Each with its id, which is its sort key without the prefix.
    pub items: Vec<(String, Item)>,
    /// There may be more behind these.
    pub go_on: bool,
}

impl Store {
    /// The first items of a partition whose sort keys begin with `prefix`, behind the one with the id
    /// `after`, which may be gone. At most `limit` and at most a megabyte; strongly consistent.
    pub async fn items_in_order(
        &self,
        partition: AttributeValue,
        prefix: &str,
        after: Option<&str>,
        limit: i32,
    ) -> Result<ItemsInOrder, Error> {
        let start = after.map(|id| {
            let sort_key = keys::text(&format!("{prefix}{id}"));
            Item::from([
                ("pk".to_owned(), partition.clone()),
                ("sk".to_owned(), sort_key),
            ])
        });
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :partition AND begins_with(sk, :prefix)")
            .expression_attribute_values(":partition", partition)
            .expression_attribute_values(":prefix", keys::text(prefix))
            .set_exclusive_start_key(start)
            .limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| error::from_sdk(&error))?;
        let mut items = Vec::new();
        for item in found.items.unwrap_or_default() {
            let id = keys::sort_key(&item).and_then(|sort_key| sort_key.strip_prefix(prefix));
            let id = id.ok_or(Error::Internal(
                "a query found an item outside of its range",
            ))?;
            items.push((id.to_owned(), item));
        }
        Ok(ItemsInOrder {
            items,
            go_on: found.last_evaluated_key.is_some(),
        })
    }
}
