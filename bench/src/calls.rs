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

    /// Name, function, and file in `events/`.
    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Me => ("me", "me", "me"),
            Self::CreateTask => ("tasks: create", "tasks", "tasks-create"),
            Self::ListTasks => ("tasks: list of 50", "tasks", "tasks-list"),
            Self::Refresh => ("refresh", "refresh", "refresh"),
            Self::Logout => ("logout", "logout", "logout"),
            Self::Login => ("login", "login", "login"),
            Self::SignUp => ("signup", "signup", "signup"),
            Self::ChangePassword => ("password", "password", "me-password"),
        }
    }

    pub fn name(self) -> &'static str {
        self.row().0
    }

    pub fn function(self) -> &'static str {
        self.row().1
    }

    pub fn hashes(self) -> bool {
        matches!(self, Self::Login | Self::SignUp | Self::ChangePassword)
    }

    /// An event that succeeds, however often it is asked for.
    pub async fn event(self, service: &Service, user: &User) -> Value {
        let mut event = match self {
            // These use up a session or a password.
            Self::Refresh | Self::Logout | Self::ChangePassword => {
                event(self.row().2, &service.sign_up(&new_email()).await)
            }
            _ => event(self.row().2, user),
        };
        match self {
            Self::CreateTask => {
                // The function would create one task for all calls with this key.
                let headers = event["headers"].as_object_mut();
                headers.unwrap().remove("idempotency-key");
            }
            Self::ListTasks => {
                event["rawQueryString"] = json!("limit=50");
                event["queryStringParameters"] = json!({"limit": "50"});
            }
            Self::Login => {
                let body = json!({"email": user.email, "password": PASSWORD});
                event = with_body(event, &body.to_string());
            }
            Self::SignUp => {
                let body = json!({"email": new_email(), "password": PASSWORD, "firstName": "Ada"});
                event = with_body(event, &body.to_string());
            }
            Self::Me | Self::Refresh | Self::Logout | Self::ChangePassword => {}
        }
        event
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
