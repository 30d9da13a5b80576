//! The events of `events/`, filled in so that their call succeeds, however often it is made.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use local::template::workspace_root;
use serde_json::{Value, json};

use crate::service::{PASSWORD, Person, Service};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Me,
    CreateTask,
    ListTasks,
    Login,
    SignUp,
    Refresh,
    Logout,
    ChangePassword,
}

impl Call {
    pub const ALL: [Self; 8] = [
        Self::Me,
        Self::CreateTask,
        Self::ListTasks,
        Self::Refresh,
        Self::Logout,
        Self::Login,
        Self::SignUp,
        Self::ChangePassword,
    ];

    #[must_use]
    pub fn function(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::CreateTask | Self::ListTasks => "tasks",
            Self::Login => "login",
            Self::SignUp => "signup",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::ChangePassword => "password",
        }
    }

    #[must_use]
    pub fn hashes(self) -> bool {
        matches!(self, Self::Login | Self::SignUp | Self::ChangePassword)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateTask => "tasks: create",
            Self::ListTasks => "tasks: list of 50",
            _ => self.function(),
        }
    }

    /// `person` is whose call it is, unless it needs somebody new.
    pub async fn event(self, service: &Service, person: &Person) -> Value {
        match self {
            Self::Me => event("me", person),
            Self::CreateTask => {
                let mut event = event("tasks-create", person);
                // With one it would be made once.
                event["headers"]
                    .as_object_mut()
                    .unwrap()
                    .remove("idempotency-key");
                event
            }
            Self::ListTasks => {
                let mut event = event("tasks-list", person);
                event["rawQueryString"] = json!("limit=50");
                event["queryStringParameters"] = json!({"limit": "50"});
                event
            }
            Self::Login => with_body(
                event("login", person),
                &json!({"email": person.email, "password": PASSWORD}),
            ),
            Self::SignUp => {
                let body = json!({"email": new_email(), "password": PASSWORD, "firstName": "Ada"});
                with_body(event("signup", person), &body)
            }
            // Their token is good for one call, or for 30 seconds more.
            Self::Refresh => event("refresh", &service.sign_up(&new_email()).await),
            Self::Logout => event("logout", &service.sign_up(&new_email()).await),
            // Afterwards their password is another.
            Self::ChangePassword => event("me-password", &service.sign_up(&new_email()).await),
        }
    }
}

#[must_use]
pub fn new_email() -> String {
    static SO_FAR: AtomicU64 = AtomicU64::new(0);
    format!(
        "number-{}@example.com",
        SO_FAR.fetch_add(1, Ordering::Relaxed)
    )
}

fn event(name: &str, person: &Person) -> Value {
    let path = workspace_root().join("events").join(format!("{name}.json"));
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .replace("PASTE_A_TOKEN", &person.token)
        .replace("PASTE_A_USER_ID", &person.id);
    serde_json::from_str(&text).unwrap()
}

/// With a body that may be anything.
#[must_use]
pub fn sign_up_event(person: &Person, body: &str) -> Value {
    with_text(event("signup", person), body)
}

fn with_body(event: Value, body: &Value) -> Value {
    with_text(event, &body.to_string())
}

fn with_text(mut event: Value, body: &str) -> Value {
    event["headers"]["content-length"] = json!(body.len().to_string());
    event["body"] = json!(body);
    event
}
