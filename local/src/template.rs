//! Reads the table and the functions from `template.yaml`: the local server has no second description
//! of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::start_error::StartError;
use crate::stream::pattern::Pattern;
use crate::yaml;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub table: Table,
    pub functions: Vec<Function>,
}

/// In `DynamoDB`'s own words, so that it is also the body of `CreateTable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Table {
    pub key_schema: Vec<KeyElement>,
    pub attribute_definitions: Vec<AttributeDefinition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub global_secondary_indexes: Vec<Index>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_secondary_indexes: Vec<Index>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_mode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<Value>,
    #[serde(default, skip_serializing)]
    pub time_to_live_specification: Option<TimeToLive>,
    /// `CreateTable` wants one word more.
    #[serde(default, skip_serializing)]
    pub stream_specification: Option<StreamSpecification>,
}

impl Table {
    /// For a database that nothing polls: each write is cheaper.
    #[must_use]
    pub fn without_stream(&self) -> Self {
        Self {
            stream_specification: None,
            ..self.clone()
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyElement {
    pub attribute_name: String,
    pub key_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    pub attribute_name: String,
    pub attribute_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Index {
    pub index_name: String,
    pub key_schema: Vec<KeyElement>,
    pub projection: Projection,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Projection {
    pub projection_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_key_attributes: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLive {
    pub attribute_name: String,
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamSpecification {
    pub stream_view_type: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub logical_id: String,
    pub binary: String,
    pub routes: Vec<RouteDeclaration>,
    pub stream: Option<StreamSource>,
}

/// The table's stream as the source of a function's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSource {
    pub batch_size: usize,
    /// Without a filter, every record is wanted.
    pub filters: Vec<Pattern>,
}

impl StreamSource {
    #[must_use]
    pub fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(record))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteDeclaration {
    Path { method: String, path: String },
    Default,
}

/// The folder that holds `template.yaml`.
#[must_use]
pub fn workspace_root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

impl Template {
    /// Reads the workspace's own `template.yaml`.
    ///
    /// # Errors
    /// When it is missing or does not say what the local server must know.
    pub fn read() -> Result<Self, StartError> {
        let text = fs::read_to_string(workspace_root().join("template.yaml")).map_err(|error| {
            StartError::new(format!(
                "cannot read template.yaml at the workspace root: {error}"
            ))
        })?;
        Self::parse(&text)
            .map_err(|reason| StartError::new(format!("template.yaml cannot be used: {reason}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let document: Document =
            serde_json::from_value(yaml::to_json(text)?).map_err(|error| error.to_string())?;
        let mut tables = Vec::new();
        let mut functions = Vec::new();
        for (logical_id, resource) in document.resources {
            let within = |error: serde_json::Error| format!("{logical_id}: {error}");
            match resource.kind.as_str() {
                "AWS::DynamoDB::Table" => {
                    tables.push(serde_json::from_value(resource.properties).map_err(within)?);
                }
                "AWS::Serverless::Function" => {
                    let properties = serde_json::from_value(resource.properties).map_err(within)?;
                    let metadata = serde_json::from_value(resource.metadata).map_err(within)?;
                    functions.push(function(logical_id, properties, metadata)?);
                }
                _ => {}
            }
        }
        let [table] = <[Table; 1]>::try_from(tables).map_err(|tables| {
            format!(
                "it has {} AWS::DynamoDB::Table resources instead of one",
                tables.len()
            )
        })?;
        Ok(Self { table, functions })
    }
}

fn function(
    logical_id: String,
    properties: FunctionProperties,
    metadata: FunctionMetadata,
) -> Result<Function, String> {
    let mut routes = Vec::new();
    let mut stream = None;
    for (name, event) in properties.events {
        let within = |reason: String| format!("{logical_id}: {name} {reason}");
        match event.kind.as_str() {
            "HttpApi" => routes.push(route(event.properties).map_err(within)?),
            "DynamoDB" => {
                let source = stream_source(event.properties).map_err(within)?;
                if stream.replace(source).is_some() {
                    return Err(within("is its second event of a stream".to_owned()));
                }
            }
            _ => {}
        }
    }
    Ok(Function {
        logical_id,
        binary: metadata.build_properties.binary,
        routes,
        stream,
    })
}

fn route(properties: Value) -> Result<RouteDeclaration, String> {
    let properties: RouteProperties = read(properties)?;
    match (properties.method, properties.path) {
        (_, Some(path)) if path == "$default" => Ok(RouteDeclaration::Default),
        (Some(method), Some(path)) => Ok(RouteDeclaration::Path { method, path }),
        (None, None) => Ok(RouteDeclaration::Default),
        _ => Err("has only one of Path and Method".to_owned()),
    }
}

fn stream_source(properties: Value) -> Result<StreamSource, String> {
    let properties: StreamProperties = read(properties)?;
    let filters = properties.filter_criteria.filters.iter();
    Ok(StreamSource {
        batch_size: properties.batch_size,
        filters: filters
            .map(|filter| Pattern::parse(&filter.pattern))
            .collect::<Result<_, _>>()
            .map_err(|reason| format!("cannot be used: {reason}"))?,
    })
}

fn read<T: DeserializeOwned + Default>(properties: Value) -> Result<T, String> {
    if properties.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(properties).map_err(|error| format!("cannot be used: {error}"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    resources: BTreeMap<String, Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionProperties {
    #[serde(default)]
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(default)]
    properties: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteProperties {
    path: Option<String>,
    method: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct StreamProperties {
    batch_size: usize,
    filter_criteria: FilterCriteria,
}

impl Default for StreamProperties {
    fn default() -> Self {
        Self {
            // Lambda's own default.
            batch_size: 100,
            filter_criteria: FilterCriteria::default(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    pattern: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionMetadata {
    build_properties: BuildProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BuildProperties {
    binary: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref Name
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: due, AttributeType: N}
      GlobalSecondaryIndexes:
        - IndexName: by_due
          KeySchema: [{AttributeName: due, KeyType: HASH}]
          Projection: {ProjectionType: KEYS_ONLY}
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
      StreamSpecification: {StreamViewType: KEYS_ONLY}
  Role:
    Type: AWS::IAM::Role
    Condition: HasMail
  WriterFunction:
    Type: AWS::Serverless::Function
    Condition: HasMail
    Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: writer}}
    Properties:
      Role: !GetAtt Role.Arn
      Events:
        New:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            BatchSize: 10
            FilterCriteria:
              Filters:
                - Pattern: '{"eventName":["INSERT"]}'
  ItemsFunction:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: rust-cargolambda
      BuildProperties: {Binary: items}
    Properties:
      CodeUri: .
      Events:
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: '/items/{id}'}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
  Api:
    Type: AWS::Serverless::HttpApi
"#;

    fn key(name: &str) -> KeyElement {
        KeyElement {
            attribute_name: name.into(),
            key_type: "HASH".into(),
        }
    }

    fn attribute(name: &str, of: &str) -> AttributeDefinition {
        AttributeDefinition {
            attribute_name: name.into(),
            attribute_type: of.into(),
        }
    }

    #[test]
    fn table_and_routes_are_read_and_the_rest_is_passed_over() {
        let expected = Template {
            table: Table {
                key_schema: vec![key("pk")],
                attribute_definitions: vec![attribute("pk", "S"), attribute("due", "N")],
                global_secondary_indexes: vec![Index {
                    index_name: "by_due".into(),
                    key_schema: vec![key("due")],
                    projection: Projection {
                        projection_type: "KEYS_ONLY".into(),
                        non_key_attributes: None,
                    },
                    provisioned_throughput: None,
                }],
                local_secondary_indexes: vec![],
                billing_mode: Some("PAY_PER_REQUEST".into()),
                provisioned_throughput: None,
                time_to_live_specification: Some(TimeToLive {
                    attribute_name: "expires_at".into(),
                    enabled: true,
                }),
                stream_specification: Some(StreamSpecification {
                    stream_view_type: "KEYS_ONLY".into(),
                }),
            },
            functions: vec![
                Function {
                    logical_id: "ItemsFunction".into(),
                    binary: "items".into(),
                    routes: vec![
                        RouteDeclaration::Path {
                            method: "ANY".into(),
                            path: "/items/{id}".into(),
                        },
                        RouteDeclaration::Default,
                    ],
                    stream: None,
                },
                Function {
                    logical_id: "WriterFunction".into(),
                    binary: "writer".into(),
                    routes: vec![],
                    stream: Some(StreamSource {
                        batch_size: 10,
                        filters: vec![Pattern::parse(r#"{"eventName":["INSERT"]}"#).unwrap()],
                    }),
                },
            ],
        };
        assert_eq!(Template::parse(SMALL), Ok(expected));
    }

    #[test]
    fn a_template_without_the_essentials_is_refused_with_the_place() {
        for (text, reason) in [
            (
                "Resources: {}",
                "it has 0 AWS::DynamoDB::Table resources instead of one",
            ),
            ("Outputs: {}", "missing field `Resources`"),
            (
                "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: []}}}",
                "T: missing field `AttributeDefinitions`",
            ),
        ] {
            assert_eq!(Template::parse(text), Err(reason.to_owned()));
        }
        let unbuilt = SMALL.replace("Binary: items", "Target: items");
        let reason = Template::parse(&unbuilt).unwrap_err();
        assert_eq!(reason, "ItemsFunction: missing field `Binary`");
        let pathless = SMALL.replace("Path: '/items/{id}'", "");
        let reason = Template::parse(&pathless).unwrap_err();
        assert_eq!(reason, "ItemsFunction: One has only one of Path and Method");
        let unknown = SMALL.replace(r#"["INSERT"]"#, r#"[{"exists":true}]"#);
        let reason = Template::parse(&unknown).unwrap_err();
        assert!(
            reason.starts_with("WriterFunction: New cannot be used: "),
            "{reason}"
        );
    }

    #[test]
    fn the_projects_own_template_can_be_read() {
        let template = Template::read().unwrap();
        assert!(
            template
                .functions
                .iter()
                .any(|function| function.binary == "signup")
        );
    }
}
