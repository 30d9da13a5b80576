//! What every call of the account side answers with when it succeeded.

use http::StatusCode;
use serde::{Serialize, Serializer};

use super::Answer;
use crate::{
    App, Error,
    account::{Account, CallbackUrl, User},
    session::{Claims, Delivery, IssuedToken, SessionView, session_cookie},
};

#[derive(Debug, Serialize)]
pub struct Success<'a> {
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    #[serde(rename = "success")]
    it_is_one: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_to: Option<&'a str>,
    #[serde(skip)]
    cookie: Option<String>,
}

impl<'a> Success<'a> {
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            it_is_one: true,
            user: None,
            session: None,
            redirect_to: None,
            cookie: None,
        }
    }

    #[must_use]
    pub fn with_user(mut self, account: &'a Account) -> Self {
        self.user = Some(User::from(account));
        self
    }

    /// The session as it is, without its token.
    #[must_use]
    pub fn with_session(mut self, claims: &'a Claims) -> Self {
        self.session = Some(SessionView::without_token(claims));
        self
    }

    /// A new token, by the ways its delivery names.
    #[must_use]
    pub fn with_token(mut self, issued: &'a IssuedToken, delivery: Delivery, app: &App) -> Self {
        self.session = Some(if delivery.in_body() {
            SessionView::with_token(issued)
        } else {
            SessionView::without_token(&issued.claims)
        });
        if delivery.by_cookie() {
            self.with_cookie(session_cookie(issued, app.clock.now(), &app.settings))
        } else {
            self
        }
    }

    #[must_use]
    pub fn with_redirect(mut self, callback: &'a CallbackUrl) -> Self {
        self.redirect_to = Some(callback.as_str());
        self
    }

    #[must_use]
    pub fn with_cookie(mut self, cookie: String) -> Self {
        self.cookie = Some(cookie);
        self
    }

    pub fn answer(self) -> Result<Answer, Error> {
        let answer = Answer::of(self.status, &self)?;
        Ok(answer.with_cookie(self.cookie))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn as_number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
