//! Is this a table of Latchkey? Looked at before anything is read or changed.

use aws_sdk_dynamodb::types::{KeyType, TableDescription};
use shared::store::Store;

use super::sdk_failure::{Asked, sdk_failure};
use crate::failure::Failure;

const KEYS: [(&str, KeyType); 2] = [("pk", KeyType::Hash), ("sk", KeyType::Range)];
const INDEX: &str = "by_due";

pub async fn check(store: &Store, place: &str) -> Result<(), Failure> {
    let table = store.table();
    let described = store.client().describe_table().table_name(table);
    let asked = Asked {
        action: "dynamodb:DescribeTable",
        thing: &format!("table {table}"),
        place,
    };
    let answer = described
        .send()
        .await
        .map_err(|error| sdk_failure(&error, &asked))?;
    if answer.table.as_ref().is_some_and(is_of_latchkey) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the table {table} in {place} is no table of Latchkey, whose keys are pk and sk and whose index is \
         {INDEX}: name another one"
    )))
}

fn is_of_latchkey(table: &TableDescription) -> bool {
    let keys = table.key_schema().iter();
    let keys: Vec<_> = keys
        .map(|key| (key.attribute_name(), key.key_type().clone()))
        .collect();
    let mut indexes = table.local_secondary_indexes().iter();
    keys == KEYS && indexes.any(|index| index.index_name() == Some(INDEX))
}
