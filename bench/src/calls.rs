//! The calls that are measured, as events from `events/`.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use local::template::workspace_root;
use serde_json::{Value, json};

use crate::service::{PASSWORD, Service, User};

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

    pub fn name(self) -> &'static str {
        match self {
            Self::CreateTask => "tasks: create",
            Self::ListTasks => "tasks: list of 50",
            _ => self.function(),
        }
    }

    pub fn hashes(self) -> bool {
        matches!(self, Self::Login | Self::SignUp | Self::ChangePassword)
    }

    /// An event that succeeds, however often it is asked for. Calls that use up a session or a password get a new
    /// user each; all others are made by `user`.
    pub async fn event(self, service: &Service, user: &User) -> Value {
        match self {
            Self::Me => event("me", user),
            Self::CreateTask => {
                let mut event = event("tasks-create", user);
                // The function would create one task for all calls with this key.
                let headers = event["headers"].as_object_mut();
                headers.unwrap().remove("idempotency-key");
                event
            }
            Self::ListTasks => {
                let mut event = event("tasks-list", user);
                event["rawQueryString"] = json!("limit=50");
                event["queryStringParameters"] = json!({"limit": "50"});
                event
            }
            Self::Login => {
                let body = json!({"email": user.email, "password": PASSWORD});
                with_body(event("login", user), &body.to_string())
            }
            Self::SignUp => {
                let body = json!({"email": new_email(), "password": PASSWORD, "firstName": "Ada"});
                sign_up_event(user, &body.to_string())
            }
            Self::Refresh => event("refresh", &service.sign_up(&new_email()).await),
            Self::Logout => event("logout", &service.sign_up(&new_email()).await),
            Self::ChangePassword => event("me-password", &service.sign_up(&new_email()).await),
        }
    }
}

/// `body` need not be valid.
pub fn sign_up_event(user: &User, body: &str) -> Value {
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

fn with_body(mut event: Value, body: &str) -> Value {
    event["headers"]["content-length"] = json!(body.len().to_string());
    event["body"] = json!(body);
    event
}
