//! Parses JSON without repeated keys. Parsers disagree on what a repeated key means (RFC 8259, 4), so
//! it is refused at every depth.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotStrictJson;

pub(crate) fn parse(bytes: &[u8]) -> Result<Value, NotStrictJson> {
    serde_json::from_slice::<Strict>(bytes)
        .map(|strict| strict.0)
        .map_err(|_| NotStrictJson)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Strict(value) = entries.next_value()?;
            if map.insert(key, value).is_some() {
                return Err(de::Error::custom("a key is there twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_refused_at_every_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"[{"a":1,"a":2}]"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            assert_eq!(parse(text.as_bytes()), Err(NotStrictJson), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_whole_json_text_is_refused() {
        let deep = "[".repeat(100_000);
        for bytes in [
            b"".as_slice(),
            b"{",
            b"{} {}",
            b"{}\0",
            b"\xff",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{'a':1}",
            b"{\"a\":1,}",
            b"\xef\xbb\xbf{}",
            b"NaN",
            b"1e999",
            deep.as_bytes(),
        ] {
            assert_eq!(
                parse(bytes),
                Err(NotStrictJson),
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1_000_i32..1_000).prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::hash_map(any::<String>(), inner, 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..256),
        ) {
            let _ = parse(&bytes);
        }

        #[test]
        fn whatever_it_accepts_it_reads_as_everybody_does(text in r#"[\[\]{}:,"a-c0-9. ]{0,24}"#) {
            if let Ok(value) = parse(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }

        #[test]
        fn any_value_is_read_as_everybody_reads_it(value in value()) {
            for text in [value.to_string(), format!(" {value:#}\n")] {
                prop_assert_eq!(parse(text.as_bytes()), Ok(value.clone()));
            }
        }

        #[test]
        fn a_key_that_is_there_twice_is_refused_however_it_is_written_and_wherever_it_stands(
            one in value(),
            other in value(),
            key in "\\PC{0,4}",
            around in proptest::collection::vec(any::<bool>(), 0..20),
        ) {
            let key = Value::from(key);
            let units = key.as_str().unwrap().encode_utf16();
            let escaped = units.map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
            let twice = format!(r#"{{{key}:{one},"x{escaped}":1,"{escaped}":{other}}}"#);
            let once = format!(r#"{{{key}:{one},"x{escaped}":1}}"#);
            let inside = |text: String| around.iter().fold(text, |inner, in_list| {
                if *in_list { format!("[0,{inner}]") } else { format!(r#"{{"a":0,"b":{inner}}}"#) }
            });
            prop_assert!(parse(inside(once).as_bytes()).is_ok());
            prop_assert_eq!(parse(inside(twice).as_bytes()), Err(NotStrictJson));
        }

        #[test]
        fn what_follows_a_text_is_refused(value in value(), more in "[^ \\t\\r\\n0-9.eE+-].{0,3}") {
            prop_assert_eq!(parse(format!("{value}{more}").as_bytes()), Err(NotStrictJson));
        }
    }
}
