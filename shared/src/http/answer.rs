//! What a handler answers with.

use http::{HeaderName, StatusCode};
use serde_json::{Value, json};

use crate::{
    App,
    account::{Account, CallbackUrl, User},
    session::{Claims, Delivery, IssuedToken, SessionView, session_cookie},
};

#[derive(Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    /// None for an answer without a body.
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) cookie: Option<String>,
}

impl Answer {
    /// `{status, success: true}`, to be added to.
    #[must_use]
    pub fn success(status: StatusCode) -> Self {
        Self::of(status, json!({"status": status.as_u16(), "success": true}))
    }

    /// A body of the handler's own.
    #[must_use]
    pub fn of(status: StatusCode, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::without_body(status)
        }
    }

    #[must_use]
    pub fn without_body(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            headers: Vec::new(),
            cookie: None,
        }
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn with_user(self, account: &Account) -> Self {
        self.with("user", json!(User::from(account)))
    }

    /// The session as it is, without its token.
    #[must_use]
    pub fn with_session(self, claims: &Claims) -> Self {
        self.with("session", json!(SessionView::without_token(claims)))
    }

    /// A new token, by the ways its delivery names.
    #[must_use]
    pub fn with_token(self, issued: &IssuedToken, delivery: Delivery, app: &App) -> Self {
        let view = if delivery.in_body() {
            SessionView::with_token(issued)
        } else {
            SessionView::without_token(&issued.claims)
        };
        let answer = self.with("session", json!(view));
        if delivery.by_cookie() {
            answer.with_cookie(session_cookie(issued, app.clock.now(), &app.settings))
        } else {
            answer
        }
    }

    #[must_use]
    pub fn with_redirect(self, callback: &CallbackUrl) -> Self {
        self.with("redirect_to", json!(callback.as_str()))
    }

    #[must_use]
    pub fn with_cookie(mut self, cookie: String) -> Self {
        self.cookie = Some(cookie);
        self
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        if let Some(Value::Object(fields)) = &mut self.body {
            fields.insert(name.to_owned(), value);
        }
        self
    }
}
