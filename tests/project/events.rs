//! The events in `events/` are real ones: every call has one, and its function answers it.

use std::{collections::BTreeSet, fs};

use local::template::workspace_root;
use serde_json::Value;
use shared::mail::LinkPurpose;

use crate::harness::{Call, Server};

/// The events in the order of a visit, with the status of each answer.
const VISIT: [(&str, u16); 24] = [
    ("signup.json", 201),
    ("login.json", 200),
    ("email-resend.json", 202),
    ("email-verify.json", 200),
    ("me-email.json", 202),
    ("me.json", 200),
    ("me-update.json", 200),
    ("me-sessions.json", 200),
    ("me-sessions-end.json", 200),
    ("me-sessions-end-others.json", 200),
    ("tasks-create.json", 201),
    ("tasks-list.json", 200),
    ("tasks-read.json", 200),
    ("tasks-replace.json", 200),
    ("tasks-patch.json", 200),
    ("tasks-delete.json", 204),
    ("refresh.json", 200),
    ("me-password.json", 200),
    ("me-activity.json", 200),
    ("me-export.json", 200),
    ("logout.json", 200),
    ("password-forgot.json", 202),
    ("password-reset.json", 200),
    ("me-delete.json", 200),
];

pub fn event(name: &str) -> Value {
    let text = fs::read_to_string(workspace_root().join("events").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub fn names() -> BTreeSet<String> {
    fs::read_dir(workspace_root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The table's stream brings such an event, and no HTTP call.
pub fn is_of_stream(name: &str) -> bool {
    event(name).get("Records").is_some()
}

fn body(name: &str) -> Value {
    serde_json::from_str(event(name)["body"].as_str().unwrap()).unwrap()
}

/// The link of the last mail, whose token a person pastes into the event.
fn pasted_link(event_name: &str) -> Option<LinkPurpose> {
    match event_name {
        "email-verify.json" => Some(LinkPurpose::VerifyEmail),
        "password-reset.json" => Some(LinkPurpose::ResetPassword),
        _ => None,
    }
}

/// The values that a person pastes over the placeholders of an event.
#[derive(Default)]
struct Own {
    token: String,
    user_id: String,
    task_id: String,
    /// The first one: the session of the sign-up.
    session_id: String,
    link_token: String,
}

impl Own {
    fn pasted_over(&self, text: &str) -> String {
        text.replace("PASTE_A_TOKEN", &self.token)
            .replace("PASTE_A_USER_ID", &self.user_id)
            .replace("PASTE_A_TASK_ID", &self.task_id)
            .replace("PASTE_A_SESSION_ID", &self.session_id)
            .replace("PASTE_A_LINK_TOKEN", &self.link_token)
    }

    fn call(&self, server: &Server, event: &Value) -> Call {
        let text = |value: &Value| self.pasted_over(value.as_str().unwrap_or_default());
        let method = text(&event["requestContext"]["http"]["method"]);
        let query = text(&event["rawQueryString"]);
        let mut call = server.call(&method, &format!("{}?{query}", text(&event["rawPath"])));
        for (name, value) in event["headers"].as_object().unwrap() {
            if name != "host" && name != "content-length" {
                call = call.header(name, &text(value));
            }
        }
        call.bytes(text(&event["body"]).as_bytes())
    }

    fn remember(&mut self, answer: &Value) {
        let found = |pointer: &str| {
            answer
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        if let Some(token) = found("/session/token") {
            self.token = token;
        }
        if self.session_id.is_empty()
            && let Some(session_id) = found("/session/id")
        {
            self.session_id = session_id;
        }
        if let Some(user_id) = found("/user/id") {
            self.user_id = user_id;
        }
        if answer.get("title").is_some() {
            self.task_id = found("/id").unwrap();
        }
    }
}

#[tokio::test]
async fn every_event_succeeds_in_order() {
    let server = Server::with_mail().await;
    let mut own = Own::default();
    for (name, status) in VISIT {
        if name == "me-delete.json" {
            // An event before it logged out.
            let email = body("signup.json")["email"].clone();
            let password = body("me-password.json")["new_password"].clone();
            let again = server
                .log_in(email.as_str().unwrap(), password.as_str().unwrap())
                .await;
            own.remember(&again.body);
        }
        if let Some(purpose) = pasted_link(name) {
            own.link_token = server.link_token(&own.user_id, purpose).await.unwrap();
        }
        let reply = own.call(&server, &event(name)).send().await;
        assert_eq!(reply.status, status, "{name}: {}", reply.text);
        own.remember(&reply.body);
    }
}

#[test]
fn every_event_is_in_the_list() {
    let mut there = names();
    there.retain(|name| !is_of_stream(name));
    let visited: BTreeSet<String> = VISIT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, visited);
}

#[test]
fn every_event_is_valid_for_lambda_http() {
    for (name, _) in VISIT {
        let event = event(name);
        assert_eq!(event["version"], "2.0", "{name}");
        let request: lambda_http::request::LambdaRequest = serde_json::from_value(event).unwrap();
        let request = lambda_http::Request::from(request);
        assert!(request.uri().path().starts_with("/api/"), "{name}");
    }
}
