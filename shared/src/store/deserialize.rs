//! Reads an item into a struct.

use serde::de::DeserializeOwned;

use super::Item;
use crate::Error;

/// Attributes that `T` does not know are ignored.
pub fn deserialize<T: DeserializeOwned>(item: Item, cause: &'static str) -> Result<T, Error> {
    serde_dynamo::from_item(item).map_err(|_| Error::Internal(cause))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        One,
        Other,
    }

    /// Every kind of field that an item of ours has.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Fields {
        id: Uuid,
        text: String,
        maybe: Option<String>,
        #[serde(default)]
        absent: Option<i64>,
        truth: bool,
        kind: Kind,
        list: Vec<String>,
        time: Timestamp,
        count: u64,
        number: i64,
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            id in any::<u128>(),
            text in any::<String>(),
            maybe in proptest::option::of(any::<String>()),
            absent in proptest::option::of(any::<i64>()),
            truth in any::<bool>(),
            list in proptest::collection::vec(any::<String>(), 0..3),
            seconds in 0..250_000_000_000_i64,
            count in any::<u64>(),
            number in any::<i64>(),
        ) {
            let kind = if truth { Kind::One } else { Kind::Other };
            let written = Fields {
                id: Uuid::from_u128(id), text, maybe, absent, truth, kind, list,
                time: Timestamp::from_seconds(seconds), count, number,
            };
            let mut item: Item = serde_dynamo::to_item(&written).unwrap();
            if written.absent.is_none() {
                item.remove("absent");
            }
            item.insert("pk".to_owned(), AttributeValue::S("USER#1".to_owned()));
            prop_assert_eq!(deserialize::<Fields>(item, "no").unwrap(), written);
        }
    }

    #[test]
    fn an_item_that_is_not_as_it_should_be_is_refused() {
        #[derive(Debug, Deserialize)]
        struct Count {
            #[expect(dead_code, reason = "it is only read")]
            count: u64,
        }
        let of = |value| Item::from([("count".to_owned(), value)]);
        for wrong in [
            Item::new(),
            of(AttributeValue::S("1".to_owned())),
            of(AttributeValue::N("1.5".to_owned())),
            of(AttributeValue::N("-1".to_owned())),
            of(AttributeValue::Null(true)),
            of(AttributeValue::L(Vec::new())),
            of(AttributeValue::Ns(vec!["1".to_owned()])),
        ] {
            let refused = deserialize::<Count>(wrong, "unreadable").unwrap_err();
            assert!(matches!(refused, Error::Internal("unreadable")));
        }
        assert!(deserialize::<Count>(of(AttributeValue::N("1".to_owned())), "no").is_ok());
    }
}
