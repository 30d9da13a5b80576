//! Reads an item into a struct, without a copy of it in between: `serde_dynamo` first turns the item into
//! a map of its own, and a list of fifty tasks then takes 10 % more instructions.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Error as _, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::Item;

/// Attributes that `T` does not know are ignored.
pub fn deserialize<T: DeserializeOwned>(
    item: Item,
    cause: &'static str,
) -> Result<T, crate::Error> {
    let fields = item.into_iter().map(|(name, value)| (name, Value(value)));
    T::deserialize(MapDeserializer::new(fields)).map_err(|_| crate::Error::Internal(cause))
}

/// Supports the kinds of attribute that our items have.
struct Value(AttributeValue);

impl<'de> Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_string(text),
            AttributeValue::N(digits) => {
                if let Ok(number) = digits.parse::<i64>() {
                    visitor.visit_i64(number)
                } else if let Ok(number) = digits.parse::<u64>() {
                    visitor.visit_u64(number)
                } else {
                    Err(Error::custom("not a whole number"))
                }
            }
            AttributeValue::Bool(truth) => visitor.visit_bool(truth),
            AttributeValue::Null(_) => visitor.visit_unit(),
            AttributeValue::L(values) => {
                visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Value)))
            }
            _ => Err(Error::custom("a kind of attribute that no item has")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Null(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(name) => visitor.visit_enum(name.into_deserializer()),
            _ => Err(Error::custom("not a name")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
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
            assert!(matches!(refused, crate::Error::Internal("unreadable")));
        }
        assert!(deserialize::<Count>(of(AttributeValue::N("1".to_owned())), "no").is_ok());
    }
}
