//! What a handler answers with.

use http::{HeaderName, StatusCode};
use serde::Serialize;

use crate::Error;

#[derive(Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    /// As JSON; none for an answer without a body.
    pub(super) body: Option<String>,
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) cookie: Option<String>,
}

impl Answer {
    /// Written at once: a tree of values in between would be most of the work.
    pub fn of(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_string(body)
            .map_err(|_| Error::Internal("an answer could not be written"))?;
        Ok(Self {
            body: Some(json),
            ..Self::without_body(status)
        })
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

    pub(super) fn with_cookie(mut self, cookie: Option<String>) -> Self {
        self.cookie = cookie;
        self
    }
}
