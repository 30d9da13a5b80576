//! `CloudFormation`'s YAML as the JSON it stands for: `!Ref Table` becomes `{"Ref": "Table"}`.

use saphyr::{LoadableYamlNode, Scalar, Tag, Yaml};
use serde_json::{Map, Value, json};

/// # Errors
/// A reason, when the text is not one YAML document with text keys.
pub fn to_json(text: &str) -> Result<Value, String> {
    match Yaml::load_from_str(text)
        .map_err(|error| error.to_string())?
        .as_slice()
    {
        [document] => node(document),
        documents => Err(format!(
            "it holds {} documents instead of one",
            documents.len()
        )),
    }
}

fn node(yaml: &Yaml) -> Result<Value, String> {
    match yaml {
        Yaml::Value(scalar) => Ok(plain(scalar)),
        Yaml::Sequence(items) => items.iter().map(node).collect(),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                object.insert(text_of(key)?, node(value)?);
            }
            Ok(Value::Object(object))
        }
        Yaml::Tagged(tag, inner) => Ok(long_form(tag, node(inner)?)),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            Err("a value in it cannot be read".to_owned())
        }
    }
}

fn plain(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(truth) => json!(truth),
        Scalar::Integer(number) => json!(number),
        Scalar::FloatingPoint(number) => json!(number.into_inner()),
        Scalar::String(text) => json!(text),
    }
}

fn text_of(key: &Yaml) -> Result<String, String> {
    match node(key)? {
        Value::String(text) => Ok(text),
        // Account ids and ports are written as bare numbers.
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("{other} is no key")),
    }
}

fn long_form(tag: &Tag, value: Value) -> Value {
    if tag.is_yaml_core_schema() {
        return value;
    }
    match (tag.suffix.as_str(), value) {
        (name @ ("Ref" | "Condition"), value) => json!({ name: value }),
        ("GetAtt", Value::String(dotted)) => {
            let (resource, attribute) = dotted.split_once('.').unwrap_or((&dotted, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (name, value) => json!({ format!("Fn::{name}"): value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_take_their_long_form() {
        let text = "
            Table: !Ref Table
            Arn: !GetAtt Table.Stream.Arn
            Name: !Sub 'arn:${AWS::Region}'
            Choice: !If [Wanted, !Ref A, !Ref AWS::NoValue]
            When: !Condition Wanted
            Never: !Not [!Equals [!Ref A, '']]";
        assert_eq!(
            to_json(text).unwrap(),
            json!({
                "Table": {"Ref": "Table"},
                "Arn": {"Fn::GetAtt": ["Table", "Stream.Arn"]},
                "Name": {"Fn::Sub": "arn:${AWS::Region}"},
                "Choice": {"Fn::If": ["Wanted", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
                "When": {"Condition": "Wanted"},
                "Never": {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]},
            })
        );
    }

    #[test]
    fn scalars_anchors_and_core_tags_keep_their_meaning() {
        let text = "a: &one {n: 1, f: 1.5, t: true, z: null}\nb: *one\nc: !!str 9\n7: x";
        let one = json!({"n": 1, "f": 1.5, "t": true, "z": null});
        assert_eq!(
            to_json(text).unwrap(),
            json!({"a": one, "b": one, "c": "9", "7": "x"})
        );
    }

    #[test]
    fn what_is_not_one_document_is_refused_with_a_reason() {
        for text in ["", "a: 1\n---\nb: 2", "a: [", "a: 1\na: 2", "? [x]\n: 1"] {
            assert!(to_json(text).is_err(), "{text:?} was accepted");
        }
    }
}
