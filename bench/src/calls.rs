//! The calls that are measured, as events from `events/`.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use local::template::workspace_root;
use serde_json::{Value, json};

use crate::{
    service::{PASSWORD, Service, User},
    table,
};

/// Name, function, and file in `events/`.
const CALLS: &str = "\
me                | me       | me
tasks: create     | tasks    | tasks-create
tasks: list of 50 | tasks    | tasks-list
refresh           | refresh  | refresh
logout            | logout   | logout
sessions          | sessions | me-sessions
login             | login    | login
signup            | signup   | signup
password          | password | me-password
email             | email    | email-resend";

#[derive(Clone, Copy)]
pub struct Call {
    pub name: &'static str,
    pub function: &'static str,
    file: &'static str,
}

impl Call {
    pub fn all() -> impl Iterator<Item = Self> {
        table::rows(CALLS).map(|[name, function, file]| Self {
            name,
            function,
            file,
        })
    }

    pub fn named(name: &str) -> Self {
        Self::all().find(|call| call.name == name).unwrap()
    }

    pub fn hashes(self) -> bool {
        ["login", "signup", "password"].contains(&self.function)
    }

    /// An event that succeeds, however often it is asked for.
    pub async fn event(self, service: &Service, user: &User) -> Value {
        let mut event = match self.name {
            // These use up a session or a password.
            "refresh" | "logout" | "password" => {
                event(self.file, &service.sign_up(&new_email()).await)
            }
            _ => event(self.file, user),
        };
        match self.name {
            "tasks: create" => {
                // The function would create one task for all calls with this key.
                let headers = event["headers"].as_object_mut();
                headers.unwrap().remove("idempotency-key");
            }
            "tasks: list of 50" => {
                event["rawQueryString"] = json!("limit=50");
                event["queryStringParameters"] = json!({"limit": "50"});
            }
            "login" => {
                let body = json!({"email": user.email, "password": PASSWORD});
                event = with_body(event, &body);
            }
            "signup" => {
                let body = json!({"email": new_email(), "password": PASSWORD, "firstName": "Ada"});
                event = with_body(event, &body);
            }
            _ => {}
        }
        event
    }
}

/// `body` need not be JSON.
pub fn sign_up_event(user: &User, body: &impl ToString) -> Value {
    with_body(event("signup", user), body)
}

pub fn new_email() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("number-{number}@example.com")
}

fn event(name: &str, user: &User) -> Value {
    let path = workspace_root().join("events").join(format!("{name}.json"));
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .replace("PASTE_A_TOKEN", &user.token)
        .replace("PASTE_A_USER_ID", &user.id);
    serde_json::from_str(&text).unwrap()
}

fn with_body(mut event: Value, body: &impl ToString) -> Value {
    let body = body.to_string();
    event["headers"]["content-length"] = json!(body.len().to_string());
    event["body"] = json!(body);
    event
}
