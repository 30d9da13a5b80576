//! The template, the events, the folders and `samconfig.toml` belong together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use local::{
    functions::TIME_LIMIT_MILLIS,
    routes::Routes,
    template::{RouteDeclaration, Template, workspace_root},
    yaml,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::events::{event, is_of_stream, names as names_of_events};
use crate::harness::Server;

/// An HTTP API gives up on a function after this.
const GATEWAY_PATIENCE_SECONDS: i64 = 30;
/// The longest that a call waits for a store that does not answer.
const STORE_BUDGET_SECONDS: i64 = 3;
const FOR_A_HASH_MEGABYTES: i64 = 1024;
/// The default quota of an account for all its functions.
const CONCURRENT_CALLS: i64 = 1000;
/// Fifty connections that wait a tenth of a second for each login send 500 a second.
const TWICE_A_LAPTOP_A_SECOND: i64 = 1000;
/// A hash and its calls to the table.
const HASHING_CALL_MILLIS: i64 = 77;

fn file(name: &str) -> String {
    fs::read_to_string(workspace_root().join(name)).unwrap()
}

pub fn template() -> Value {
    yaml::to_json(&file("template.yaml")).unwrap()
}

/// Every function by its binary, with what `Globals` says for all where it says nothing itself.
pub fn functions() -> BTreeMap<String, Value> {
    let template = template();
    let mut functions = BTreeMap::new();
    for resource in template["Resources"].as_object().unwrap().values() {
        if resource["Type"] == "AWS::Serverless::Function" {
            let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
            let mut function = resource.clone();
            let own = function["Properties"].as_object_mut().unwrap();
            for (name, value) in template["Globals"]["Function"].as_object().unwrap() {
                let property = own.entry(name).or_insert_with(|| value.clone());
                // SAM merges maps; a function's own key wins.
                if let (Some(own), Some(shared)) = (property.as_object_mut(), value.as_object()) {
                    for (key, value) in shared {
                        own.entry(key).or_insert_with(|| value.clone());
                    }
                }
            }
            functions.insert(binary.as_str().unwrap().to_owned(), function);
        }
    }
    functions
}

fn number(function: &Value, property: &str) -> i64 {
    function["Properties"][property].as_i64().unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// `ANY /path` of every route but `$default`.
fn route_keys() -> BTreeSet<String> {
    let routes = Template::read().unwrap().functions;
    routes
        .iter()
        .flat_map(|function| &function.routes)
        .filter_map(|route| match route {
            RouteDeclaration::Path { method, path } => Some(format!("{method} {path}")),
            RouteDeclaration::Default => None,
        })
        .collect()
}

/// Method and route of each event, as the event says and as the routes find.
fn calls_of_the_events() -> BTreeSet<(String, String)> {
    let routes = Routes::new(&Template::read().unwrap().functions).unwrap();
    let mut calls = BTreeSet::new();
    for name in names_of_events() {
        let event = event(&name);
        if is_of_stream(&name) {
            continue;
        }
        let method = text(&event["requestContext"]["http"]["method"]);
        let path = text(&event["rawPath"]);
        let found = routes.find(&method.parse().unwrap(), path).unwrap();
        assert_eq!(event["routeKey"], found.route_key, "{name}");
        assert_eq!(
            event["requestContext"]["routeKey"], found.route_key,
            "{name}"
        );
        let parameters: BTreeMap<String, String> =
            serde_json::from_value(event.get("pathParameters").cloned().unwrap_or(json!({})))
                .unwrap();
        assert_eq!(parameters, found.path_parameters, "{name}");
        calls.insert((method.to_owned(), found.route_key));
    }
    calls
}

#[tokio::test]
async fn every_method_of_every_route_has_an_event() {
    let server = Server::start().await;
    let mut calls = BTreeSet::new();
    // Under `/api/v1` the same functions answer the same calls.
    for key in route_keys().into_iter().filter(|key| !key.contains("/v1/")) {
        let path = key.trim_start_matches("ANY ");
        let path = path.replace("{user_id}", &Uuid::nil().to_string());
        let path = path.replace("{id}", &Uuid::nil().to_string());
        let reply = server.call("BREW", &path).send().await;
        let methods = reply.header("allow").unwrap().split(", ");
        for method in methods.filter(|method| *method != "HEAD") {
            calls.insert((method.to_owned(), key.clone()));
        }
    }
    assert_eq!(calls_of_the_events(), calls);
}

#[test]
fn both_prefixes_of_a_call_lead_to_one_function() {
    let functions = Template::read().unwrap().functions;
    for function in functions {
        let paths: BTreeSet<&String> = function
            .routes
            .iter()
            .filter_map(|route| match route {
                RouteDeclaration::Path { path, .. } => Some(path),
                RouteDeclaration::Default => None,
            })
            .collect();
        for path in &paths {
            if let Some(rest) = path.strip_prefix("/api/auth/") {
                assert!(paths.contains(&format!("/api/v1/auth/{rest}")), "{path}");
            }
            if let Some(rest) = path.strip_prefix("/api/v1/auth/") {
                assert!(paths.contains(&format!("/api/auth/{rest}")), "{path}");
            }
        }
    }
}

#[test]
fn each_function_builds_the_binary_of_its_folder() {
    for (binary, function) in functions() {
        let folder = workspace_root().join("functions").join(&binary);
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{binary}\"\n")));
        assert!(!manifest.contains("[[bin]]"), "{binary}");
        assert!(folder.join("src/main.rs").exists(), "{binary}");
        assert_eq!(function["Metadata"]["BuildMethod"], "rust-cargolambda");
        assert_eq!(function["Properties"]["CodeUri"], ".");
    }
}

/// The binaries whose functions hash a password at every call.
fn hashing_binaries() -> Vec<String> {
    let hashes =
        |binary: &String| file(&format!("functions/{binary}/src/lib.rs")).contains("that_hashes()");
    functions().into_keys().filter(hashes).collect()
}

/// A laptop alone must not use up what all callers share. And no route alone may take all of the
/// account's concurrent calls, neither by a burst nor at its steady rate.
#[test]
fn limits_of_the_routes_are_parameters_and_strictest_where_most_is_hashed() {
    let template = template();
    let number = |name: String| template["Parameters"][&name]["Default"].as_i64().unwrap();
    for limit in ["RateLimit", "BurstLimit"] {
        let kinds = ["Export", "Password", "Hashing", "Default"];
        let limits = kinds.map(|kind| number(format!("{kind}{limit}")));
        assert!(limits.is_sorted_by(|a, b| a < b), "{limit}");
    }
    assert!(number("HashingRateLimit".to_owned()) >= TWICE_A_LAPTOP_A_SECOND);
    assert!(number("DefaultBurstLimit".to_owned()) <= CONCURRENT_CALLS);
    let at_once = number("HashingRateLimit".to_owned()) * HASHING_CALL_MILLIS / 1000;
    assert!(at_once < CONCURRENT_CALLS / 10);
}

#[test]
fn every_route_that_hashes_or_exports_has_its_strict_limit_under_both_prefixes() {
    let limits = |kind: &str| {
        json!({
            "ThrottlingRateLimit": {"Ref": format!("{kind}RateLimit")},
            "ThrottlingBurstLimit": {"Ref": format!("{kind}BurstLimit")},
        })
    };
    let api = &template()["Resources"]["Api"]["Properties"];
    assert_eq!(api["DefaultRouteSettings"], limits("Default"));
    let hashing = hashing_binaries();
    let mut expected = serde_json::Map::new();
    for function in Template::read().unwrap().functions {
        for route in function.routes {
            let RouteDeclaration::Path { method, path } = route else {
                continue;
            };
            // The password is hashed twice there: the old one and the new one.
            let kind = match function.binary.as_str() {
                "password" => "Password",
                binary if hashing.iter().any(|one| one == binary) => "Hashing",
                _ if path.ends_with("/me/export") => "Export",
                _ => continue,
            };
            expected.insert(format!("{method} {path}"), limits(kind));
        }
    }
    assert_eq!(expected.len(), 18);
    assert_eq!(api["RouteSettings"], Value::Object(expected));
}

/// A deletion hashes, too, by way of `shared`: too seldom to give every call of `me` more memory.
#[test]
fn functions_that_hash_have_more_memory() {
    let hashing = hashing_binaries();
    for binary in &hashing {
        let memory = number(&functions()[binary], "MemorySize");
        assert!(memory >= FOR_A_HASH_MEGABYTES, "{binary}");
    }
    assert_eq!(hashing, ["email", "login", "password", "signup"]);
}

/// The gateway waits for these. Nobody waits for a function that the table's stream calls.
pub fn functions_with_routes() -> BTreeMap<String, Value> {
    let mut functions = functions();
    functions.retain(|_, function| {
        let mut events = function["Properties"]["Events"]
            .as_object()
            .unwrap()
            .values();
        events.any(|event| event["Type"] == "HttpApi")
    });
    functions
}

#[test]
fn timeouts_grow_from_store_to_function_to_gateway() {
    let mut longest = 0;
    for (binary, function) in functions_with_routes() {
        let seconds = number(&function, "Timeout");
        assert!(seconds > STORE_BUDGET_SECONDS, "{binary}");
        assert!(seconds < GATEWAY_PATIENCE_SECONDS, "{binary}");
        longest = longest.max(seconds);
    }
    assert_eq!(TIME_LIMIT_MILLIS, longest * 1000);
}

/// Most of the time is for sweeping. A request that has begun at its end must still be answered.
#[test]
fn the_sweeper_stops_before_its_timeout() {
    let seconds = number(&functions()["sweeper"], "Timeout");
    let sweeping = i64::try_from(sweeper::TIME_TO_SWEEP.as_secs()).unwrap();
    assert!(sweeping + STORE_BUDGET_SECONDS < seconds);
    assert!(sweeping * 4 >= seconds * 3);
}

/// Else a changed parameter would make no new version of the function, and the alias stays.
#[test]
fn every_function_repeats_its_parameters_in_settings() {
    let template = template();
    let parameters = template["Parameters"].as_object().unwrap();
    let environment = template["Globals"]["Function"]["Environment"].to_string();
    let reaching: BTreeSet<&String> = parameters
        .keys()
        .filter(|name| {
            environment.contains(&format!("{{\"Ref\":\"{name}\"}}"))
                || environment.contains(&format!("${{{name}}}"))
        })
        .collect();
    assert!(reaching.len() > 10);
    for (binary, function) in functions() {
        let properties = &function["Properties"];
        assert_eq!(
            properties["AutoPublishAliasAllProperties"], true,
            "{binary}"
        );
        let repeated = text(&properties["Environment"]["Variables"]["SETTINGS"]["Fn::Sub"]);
        let repeated: BTreeSet<String> = repeated
            .split_whitespace()
            .map(|name| name.replace(['$', '{', '}'], ""))
            .collect();
        assert_eq!(
            repeated.iter().collect::<BTreeSet<_>>(),
            reaching,
            "{binary}"
        );
    }
}

/// `Name=value` of each line in one section of `samconfig.toml`.
pub fn overrides(environment: &str) -> BTreeMap<String, String> {
    let config = file("samconfig.toml");
    let section = config
        .split(&format!("[{environment}.deploy.parameters]"))
        .nth(1)
        .unwrap();
    let list = section.split("parameter_overrides = [").nth(1).unwrap();
    let list = list.split(']').next().unwrap();
    list.split('"')
        .filter_map(|entry| entry.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn samconfig_names_only_parameters_of_the_template() {
    let template = template();
    for environment in ["dev", "prod"] {
        let overrides = overrides(environment);
        assert!(overrides.len() > 3, "{environment}");
        for (name, value) in overrides {
            let allowed: Vec<String> = template["Parameters"][&name]["AllowedValues"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
                .collect();
            assert!(allowed.contains(&value), "{environment}: {name}={value}");
        }
    }
    let prod = overrides("prod");
    assert_eq!(prod["DataPolicy"], "Retain");
    assert_eq!(prod["TableDeletionProtection"], "true");
    assert_ne!(prod["DeploymentPreference"], "AllAtOnce");
}

/// The names of a header's value, or of a list in the template.
fn names<'a>(list: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    list.map(|name| name.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn gateway_and_functions_allow_the_same_cors() {
    let origin = "https://app.example.com";
    let server = Server::with(&[("ALLOWED_ORIGINS", origin)]).await;
    let asked = server.call("OPTIONS", "/api/u/tasks/t");
    let asked = asked.header("origin", origin);
    let preflight = asked.header("access-control-request-method", "PUT");
    let (preflight, answer) = (
        preflight.send().await,
        server
            .get("/api/auth/me")
            .header("origin", origin)
            .send()
            .await,
    );
    let cors = &template()["Resources"]["Api"]["Properties"]["CorsConfiguration"]["Fn::If"][1];
    for (property, reply, header) in [
        ("AllowHeaders", &preflight, "access-control-allow-headers"),
        ("ExposeHeaders", &answer, "access-control-expose-headers"),
    ] {
        let listed = names(cors[property].as_array().unwrap().iter().map(text));
        let told = names(reply.header(header).unwrap().split(','));
        assert_eq!(told, listed, "{property}");
    }
    let told = names(
        preflight
            .header("access-control-allow-methods")
            .unwrap()
            .split(','),
    );
    let listed = names(cors["AllowMethods"].as_array().unwrap().iter().map(text));
    // HEAD needs no preflight.
    assert!(
        told.iter()
            .all(|method| method == "head" || listed.contains(method))
    );
    let age = preflight.header("access-control-max-age").unwrap();
    assert_eq!(cors["MaxAge"].to_string(), age);
}
