//! One conditional write within a transaction.

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
    },
};

use uuid::Uuid;

use super::keys::{self, Item};
use crate::Error;

#[derive(Debug)]
pub struct Write {
    act: Act,
    /// The whole item of a put, the key of every other act.
    item: Item,
    condition: Option<String>,
    returns_old: bool,
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
    #[must_use]
    pub fn put(item: Item) -> Self {
        Self::new(Act::Put, item)
    }

    #[must_use]
    pub fn update(key: Item, expression: &'static str) -> Self {
        Self::new(Act::Update(expression), key)
    }

    #[must_use]
    pub fn delete(key: Item) -> Self {
        Self::new(Act::Delete, key)
    }

    /// Writes nothing, but must hold for the others to be written.
    #[must_use]
    pub fn check(key: Item) -> Self {
        Self::new(Act::Check, key)
    }

    fn new(act: Act, item: Item) -> Self {
        Self {
            act,
            item,
            condition: None,
            returns_old: false,
            values: Item::new(),
        }
    }

    #[must_use]
    pub fn when(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    #[must_use]
    pub fn with(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    /// A refusal then tells what is there instead.
    #[must_use]
    pub fn returning_old(mut self) -> Self {
        self.returns_old = true;
        self
    }

    pub(super) fn into_transaction_item(self, table: &str) -> Result<TransactWriteItem, Error> {
        // The service refuses an empty map of values.
        let values = (!self.values.is_empty()).then_some(self.values);
        let condition = self.condition;
        let on_refusal = self
            .returns_old
            .then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let write = TransactWriteItem::builder();
        let write = match self.act {
            Act::Put => write.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(on_refusal)
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
                    .set_return_values_on_condition_check_failure(on_refusal)
                    .build()
                    .map_err(incomplete)?,
            ),
            Act::Delete => write.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(on_refusal)
                    .build()
                    .map_err(incomplete)?,
            ),
            Act::Check => write.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(on_refusal)
                    .build()
                    .map_err(incomplete)?,
            ),
        };
        Ok(write.build())
    }
}

/// To stand beside what a user's call writes: the account is there, and is not being deleted.
#[must_use]
pub fn not_leaving(user_id: Uuid) -> Write {
    Write::check(keys::account(user_id))
        .when("is_leaving = :no")
        .with(":no", AttributeValue::Bool(false))
}

pub(super) fn incomplete(_: BuildError) -> Error {
    Error::Internal("a write was left incomplete")
}
