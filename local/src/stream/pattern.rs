//! The filter patterns of stream events, as far as `template.yaml` uses them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>

use serde_json::{Map, Value};

/// Matches a record that has a wanted value in every place which the pattern names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Fields(Vec<(String, Node)>),
    AnyOf(Vec<Rule>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Equals(Value),
    Prefix(String),
}

impl Pattern {
    /// # Errors
    /// A reason, when it is not JSON or has a rule that is not known here.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pattern: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("the filter pattern {text} is no JSON object: {error}"))?;
        fields(pattern).map(Self)
    }

    #[must_use]
    pub fn matches(&self, record: &Value) -> bool {
        self.0.matches(record)
    }
}

impl Node {
    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Fields(fields) => fields
                .iter()
                .all(|(name, node)| value.get(name).is_some_and(|value| node.matches(value))),
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.matches(value)),
        }
    }
}

impl Rule {
    fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Equals(wanted) => wanted == value,
            Self::Prefix(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
        }
    }
}

fn fields(object: Map<String, Value>) -> Result<Node, String> {
    let field = |(name, value)| Ok((name, node(value)?));
    object
        .into_iter()
        .map(field)
        .collect::<Result<_, _>>()
        .map(Node::Fields)
}

fn node(value: Value) -> Result<Node, String> {
    match value {
        Value::Object(object) => fields(object),
        Value::Array(rules) => rules
            .into_iter()
            .map(rule)
            .collect::<Result<_, _>>()
            .map(Node::AnyOf),
        other => Err(format!(
            "the filter pattern has {other} where a list belongs"
        )),
    }
}

fn rule(value: Value) -> Result<Rule, String> {
    match &value {
        Value::Object(object) => match (object.len(), object.get("prefix")) {
            (1, Some(Value::String(prefix))) => Ok(Rule::Prefix(prefix.clone())),
            _ => Err(format!(
                "the filter pattern has the rule {value}: local/src/stream/pattern.rs knows \
                 equality and prefixes alone"
            )),
        },
        Value::Array(_) => Err(format!("the filter pattern has the list {value} in a list")),
        _ => Ok(Rule::Equals(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MAIL: &str =
        r#"{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"MAIL#"}]}}}}"#;

    fn record(name: &str, sk: &Value) -> Value {
        json!({"eventName": name, "dynamodb": {"Keys": {"pk": {"S": "USER#1"}, "sk": sk}}})
    }

    #[test]
    fn every_named_place_must_hold_one_of_the_wanted_values() {
        let pattern = Pattern::parse(MAIL).unwrap();
        assert!(pattern.matches(&record("INSERT", &json!({"S": "MAIL#1"}))));
        for other in [
            record("MODIFY", &json!({"S": "MAIL#1"})),
            record("INSERT", &json!({"S": "XMAIL#1"})),
            record("INSERT", &json!({"N": "1"})),
            json!({"eventName": "INSERT"}),
            json!(null),
        ] {
            assert!(!pattern.matches(&other), "{other}");
        }
        let either = Pattern::parse(r#"{"eventName":["INSERT","MODIFY"]}"#).unwrap();
        assert!(either.matches(&record("MODIFY", &json!({}))));
        assert!(!either.matches(&record("REMOVE", &json!({}))));
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_refused_with_a_reason() {
        for (text, reason) in [
            ("[]", "is no JSON object"),
            ("{", "is no JSON object"),
            (r#"{"a":"b"}"#, "where a list belongs"),
            (r#"{"a":[["b"]]}"#, "in a list"),
            (
                r#"{"a":[{"anything-but":"b"}]}"#,
                "equality and prefixes alone",
            ),
            (
                r#"{"a":[{"prefix":"b","suffix":"c"}]}"#,
                "equality and prefixes alone",
            ),
        ] {
            let error = Pattern::parse(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
