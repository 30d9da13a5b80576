//! The events in `events/` are real ones: every call has one, and its function answers it.

use std::{collections::BTreeSet, fs};

use local::template::workspace_root;
use serde_json::Value;

use crate::harness::{PASSWORD, Server};

/// What a person pastes a token of their own over.
const PLACEHOLDER: &str = "PASTE_A_TOKEN";

fn event(name: &str) -> Value {
    let text = fs::read_to_string(workspace_root().join("events").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn call(server: &Server, event: &Value, token: &str) -> crate::harness::Call {
    let http = &event["requestContext"]["http"];
    let mut call = server.call(
        http["method"].as_str().unwrap(),
        event["rawPath"].as_str().unwrap(),
    );
    for (name, value) in event["headers"].as_object().unwrap() {
        if name != "host" && name != "content-length" {
            call = call.header(name, &value.as_str().unwrap().replace(PLACEHOLDER, token));
        }
    }
    call.bytes(event["body"].as_str().unwrap_or_default().as_bytes())
}

#[tokio::test]
async fn each_event_is_answered_with_success_in_the_order_of_a_visit() {
    let order = [
        ("signup.json", 201),
        ("login.json", 200),
        ("me.json", 200),
        ("me-update.json", 200),
        ("refresh.json", 200),
        ("me-password.json", 200),
        ("logout.json", 200),
        ("me-delete.json", 200),
    ];
    let server = Server::start().await;
    let mut token = String::new();
    let mut password = PASSWORD.to_owned();
    for (name, status) in order {
        let event = event(name);
        if name == "me-delete.json" {
            // The session of the events before has been logged out.
            let email = signup_email();
            token = server.log_in(&email, &password).await.token().to_owned();
        }
        let reply = call(&server, &event, &token).send().await;
        assert_eq!(reply.status, status, "{name}: {}", reply.text);
        if let Some(fresh) = reply.body["session"]["token"].as_str() {
            token = fresh.to_owned();
        }
        if name == "me-password.json" {
            let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
            password = body["new_password"].as_str().unwrap().to_owned();
        }
    }
    let there: BTreeSet<String> = fs::read_dir(workspace_root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let tried: BTreeSet<String> = order.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, tried);
}

fn signup_email() -> String {
    let body: Value = serde_json::from_str(event("signup.json")["body"].as_str().unwrap()).unwrap();
    body["email"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_event_goes_through_lambdas_own_format_as_it_stands() {
    for name in ["signup.json", "me.json"] {
        let event = event(name);
        assert_eq!(event["version"], "2.0", "{name}");
        let request: lambda_http::request::LambdaRequest = serde_json::from_value(event).unwrap();
        let request = lambda_http::Request::from(request);
        assert!(request.uri().path().starts_with("/api/auth/"), "{name}");
    }
}
