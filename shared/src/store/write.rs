//! One conditional write within a transaction, with the error that its refusal means.

use std::fmt;

use aws_sdk_dynamodb::{
    error::BuildError,
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
    },
};
use uuid::Uuid;

use super::{Item, keys};
use crate::{Error, Timestamp};

#[derive(Debug)]
pub struct Write {
    operation: Operation,
    /// The whole item of a put, the key of every other operation.
    item: Item,
    condition: Option<String>,
    values: Item,
    refusal: Refusal,
}

#[derive(Debug)]
enum Operation {
    Put,
    Update(&'static str),
    Delete,
    Check,
}

/// The meaning of a condition that does not hold. The existing item is read only where the meaning
/// depends on it.
pub(super) enum Refusal {
    Error(Box<dyn Fn() -> Error + Send + Sync>),
    ByExisting(Box<dyn Fn(Option<Item>) -> Error + Send + Sync>),
    /// No error: the transaction reports the item.
    Existing,
    /// No error: the transaction had nothing to do.
    Skip,
}

impl Write {
    #[must_use]
    pub fn put(item: Item) -> Self {
        Self::new(Operation::Put, item)
    }

    /// A put of about the same size that tells nothing and expires, in place of one that a call must
    /// not be seen to leave out.
    #[must_use]
    pub(super) fn decoy_of(put: &Self, id: Uuid, expires_at: Timestamp) -> Self {
        let size = |(name, value): (&String, &AttributeValue)| {
            name.len() + value.as_s().map_or(1, String::len)
        };
        let padding = "-".repeat(put.item.iter().map(size).sum());
        Self::put(keys::item(
            keys::decoy(id),
            [
                ("padding", AttributeValue::S(padding)),
                ("expires_at", keys::number(expires_at.seconds())),
            ],
        ))
    }

    #[must_use]
    pub fn update(key: Item, expression: &'static str) -> Self {
        Self::new(Operation::Update(expression), key)
    }

    #[must_use]
    pub fn delete(key: Item) -> Self {
        Self::new(Operation::Delete, key)
    }

    /// Writes nothing. Its condition must hold for the other writes to happen.
    #[must_use]
    pub fn check(key: Item) -> Self {
        Self::new(Operation::Check, key)
    }

    fn new(operation: Operation, item: Item) -> Self {
        Self {
            operation,
            item,
            condition: None,
            values: Item::new(),
            refusal: Refusal::Error(Box::new(|| {
                Error::Internal("a write without a condition was refused")
            })),
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

    /// The error if the condition does not hold.
    #[must_use]
    pub fn or(mut self, error: impl Fn() -> Error + Send + Sync + 'static) -> Self {
        self.refusal = Refusal::Error(Box::new(error));
        self
    }

    /// The same, where the error depends on the existing item.
    #[must_use]
    pub fn or_by_existing(
        mut self,
        error: impl Fn(Option<Item>) -> Error + Send + Sync + 'static,
    ) -> Self {
        self.refusal = Refusal::ByExisting(Box::new(error));
        self
    }

    /// For [`super::Store::transact_or_existing`], which then returns the existing item.
    #[must_use]
    pub fn or_existing(mut self) -> Self {
        self.refusal = Refusal::Existing;
        self
    }

    /// If the condition does not hold, nothing is written, and that is no error.
    #[must_use]
    pub fn or_skip(mut self) -> Self {
        self.refusal = Refusal::Skip;
        self
    }

    /// Splits into what is sent and what a refusal of it means.
    pub(super) fn into_parts(self, table: &str) -> Result<(TransactWriteItem, Refusal), Error> {
        // The service refuses an empty map of values.
        let values = (!self.values.is_empty()).then_some(self.values);
        let condition = self.condition;
        let on_refusal = match self.refusal {
            Refusal::Error(_) | Refusal::Skip => None,
            Refusal::ByExisting(_) | Refusal::Existing => {
                Some(ReturnValuesOnConditionCheckFailure::AllOld)
            }
        };
        let write = TransactWriteItem::builder();
        let write = match self.operation {
            Operation::Put => write.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(on_refusal)
                    .build()
                    .map_err(incomplete)?,
            ),
            Operation::Update(expression) => write.update(
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
            Operation::Delete => write.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(self.item))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(on_refusal)
                    .build()
                    .map_err(incomplete)?,
            ),
            Operation::Check => write.condition_check(
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
        Ok((write.build(), self.refusal))
    }
}

/// A check for every transaction that writes to a user's partition: a deletion must leave nothing.
#[must_use]
pub fn account_is_not_being_deleted(user_id: Uuid) -> Write {
    Write::check(keys::account(user_id))
        .when("is_leaving = :no")
        .with(":no", AttributeValue::Bool(false))
}

pub(super) fn incomplete(_: BuildError) -> Error {
    Error::Internal("a write lacks a part")
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error(_) => "Error",
            Self::ByExisting(_) => "ByExisting",
            Self::Existing => "Existing",
            Self::Skip => "Skip",
        })
    }
}
