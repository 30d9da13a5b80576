//! The success body of every account call, and its cookie.

use http::{StatusCode, header};
use serde::{Serialize, Serializer};

use super::{Delivery, SessionJson, UserJson};
use crate::{
    App, Error,
    account::{Account, CallbackUrl},
    http::Response,
    session::{Device, clearing_cookie, session_cookie},
    token::{Claims, IssuedToken},
};

#[derive(Debug, Serialize)]
pub struct AuthResponse<'a> {
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_to: Option<&'a str>,
    #[serde(skip)]
    cookies: Vec<String>,
}

impl<'a> AuthResponse<'a> {
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            success: true,
            user: None,
            session: None,
            redirect_to: None,
            cookies: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_user(mut self, account: &'a Account) -> Self {
        self.user = Some(UserJson::from(account));
        self
    }

    /// The session without its token.
    #[must_use]
    pub fn with_session(mut self, claims: &'a Claims) -> Self {
        self.session = Some(SessionJson::without_token(claims));
        self
    }

    /// The session with its new token, in the body, in the cookie, or both.
    #[must_use]
    pub fn with_token(mut self, issued: &'a IssuedToken, delivery: Delivery, app: &App) -> Self {
        self.session = Some(if delivery.in_body() {
            SessionJson::with_token(issued)
        } else {
            SessionJson::without_token(&issued.claims)
        });
        if delivery.by_cookie() {
            let cookie = session_cookie(issued, app.clock.now(), &app.settings);
            self.cookies.push(cookie);
        }
        self
    }

    /// The device cookie of the owner's browser. Callers who take no cookies have no browser.
    pub fn with_device(
        mut self,
        device: &Device,
        delivery: Delivery,
        app: &App,
    ) -> Result<Self, Error> {
        if delivery.by_cookie() {
            self.cookies.push(device.cookie(app)?);
        }
        Ok(self)
    }

    #[must_use]
    pub fn with_redirect(mut self, callback: &'a CallbackUrl) -> Self {
        self.redirect_to = Some(callback.as_str());
        self
    }

    #[must_use]
    pub fn clearing_cookie(mut self, app: &App) -> Self {
        self.cookies.push(clearing_cookie(&app.settings));
        self
    }

    pub fn response(self) -> Result<Response, Error> {
        let response = Response::json(self.status, &self)?;
        Ok(self.cookies.into_iter().fold(response, |response, cookie| {
            response.with_header(header::SET_COOKIE, cookie)
        }))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
