//! One conditional write within a transaction.

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};

use super::keys::Item;
use crate::Error;

#[derive(Debug)]
pub(super) struct Write {
    act: Act,
    /// The whole item of a put, the key of every other act.
    item: Item,
    condition: Option<&'static str>,
    values: Item,
}

#[derive(Debug)]
enum Act {
    Put,
    Update(&'static str),
    Delete,
    Check,
}

impl Write {
    pub(super) fn put(item: Item) -> Self {
        Self::new(Act::Put, item)
    }

    pub(super) fn update(key: Item, expression: &'static str) -> Self {
        Self::new(Act::Update(expression), key)
    }

    pub(super) fn delete(key: Item) -> Self {
        Self::new(Act::Delete, key)
    }

    /// Writes nothing, but must hold for the others to be written.
    pub(super) fn check(key: Item) -> Self {
        Self::new(Act::Check, key)
    }

    fn new(act: Act, item: Item) -> Self {
        Self {
            act,
            item,
            condition: None,
            values: Item::new(),
        }
    }

    pub(super) fn when(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    pub(super) fn with(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    pub(super) fn into_transaction_item(self, table: &str) -> Result<TransactWriteItem, Error> {
        // The service refuses an empty map of values.
        let values = (!self.values.is_empty()).then_some(self.values);
        let condition = self.condition.map(str::to_owned);
        let write = TransactWriteItem::builder();
        let write = match self.act {
            Act::Put => write.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(incomplete)?,
            ),
            Act::Update(expression) => write.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .update_expression(expression)
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(incomplete)?,
            ),
            Act::Delete => write.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(incomplete)?,
            ),
            Act::Check => write.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .map_err(incomplete)?,
            ),
        };
        Ok(write.build())
    }
}

fn incomplete(_: BuildError) -> Error {
    Error::Internal("a write was left incomplete")
}
