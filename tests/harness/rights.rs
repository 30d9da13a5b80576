//! The rights that `template.yaml` gives each function, and those that a request to DynamoDB needs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    sync::LazyLock,
};

use local::{template::workspace_root, yaml};
use serde::Deserialize;
use serde_json::{Value, json};

pub type Rights = BTreeSet<Right>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    action: String,
    resource: String,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)
    }
}

/// By the name of the function's binary.
pub fn granted() -> &'static BTreeMap<String, Rights> {
    static GRANTED: LazyLock<BTreeMap<String, Rights>> = LazyLock::new(|| {
        let text = fs::read_to_string(workspace_root().join("template.yaml")).unwrap();
        let template = yaml::to_json(&text).unwrap();
        let resources = template["Resources"].as_object().unwrap();
        resources
            .values()
            .filter(|resource| resource["Type"] == "AWS::Serverless::Function")
            .map(|function| {
                let binary = &function["Metadata"]["BuildProperties"]["Binary"];
                let properties = &function["Properties"];
                let rights = match properties["Role"]["Fn::GetAtt"][0].as_str() {
                    Some(role) => of_role(&resources[role]),
                    None => of_statements(statements(&properties["Policies"])),
                };
                (binary.as_str().unwrap().to_owned(), rights)
            })
            .collect()
    });
    &GRANTED
}

/// A statement of any other form could allow more than it seems to.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Policy {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    effect: Effect,
    action: OneOrMore,
    resource: Value,
}

#[derive(Deserialize)]
enum Effect {
    Allow,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

fn statements(policies: &Value) -> Vec<Statement> {
    let policies: Vec<Policy> = serde_json::from_value(policies.clone()).unwrap();
    let statements = policies.into_iter().flat_map(|policy| policy.statement);
    statements.collect()
}

/// The rights to the table alone. `project::stream` holds the others to a list.
fn of_role(role: &Value) -> Rights {
    let policies = role["Properties"]["Policies"].as_array().unwrap().iter();
    let statements = policies.flat_map(|policy| {
        policy["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap()
            .iter()
    });
    let of_table = statements.filter(|statement| statement["Resource"] == table());
    of_statements(
        of_table
            .map(|statement| serde_json::from_value(statement.clone()).unwrap())
            .collect(),
    )
}

fn of_statements(statements: Vec<Statement>) -> Rights {
    let mut rights = Rights::new();
    for statement in statements {
        let Effect::Allow = statement.effect;
        let actions = match statement.action {
            OneOrMore::One(action) => vec![action],
            OneOrMore::More(actions) => actions,
        };
        let resource = named(&statement.resource);
        rights.extend(actions.into_iter().map(|action| Right {
            action,
            resource: resource.clone(),
        }));
    }
    rights
}

fn table() -> Value {
    json!({"Fn::GetAtt": ["Table", "Arn"]})
}

/// Knows the table and its indexes. No request needs a right to anything else.
fn named(resource: &Value) -> String {
    if *resource == table() {
        return "the table".to_owned();
    }
    let sub = resource["Fn::Sub"].as_str();
    match sub.and_then(|sub| sub.strip_prefix("${Table.Arn}/index/")) {
        Some(index) => format!("the index {index}"),
        None => resource.to_string(),
    }
}

/// A transaction needs the rights of its parts; a query of an index needs the right to the index.
pub fn asked_for(operation: &str, body: &Value) -> Rights {
    let resource = body["IndexName"].as_str().map_or_else(
        || "the table".to_owned(),
        |index| format!("the index {index}"),
    );
    let right = |action: &str| Right {
        action: format!("dynamodb:{action}"),
        resource: resource.clone(),
    };
    let Some(parts) = body["TransactItems"].as_array() else {
        return Rights::from([right(operation)]);
    };
    let kinds = parts
        .iter()
        .flat_map(|part| part.as_object().unwrap().keys());
    kinds.map(|kind| right(&format!("{kind}Item"))).collect()
}
