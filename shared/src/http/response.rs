//! The response of a handler, before the middleware adds the common headers.

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::Error;

#[derive(Debug)]
pub struct Response {
    pub(super) status: StatusCode,
    /// As JSON.
    pub(super) body: Option<String>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Response {
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        // A tree of `serde_json::Value` in between would be most of the work.
        let json = serde_json::to_string(body)
            .map_err(|_| Error::Internal("a response could not be written"))?;
        Ok(Self::written_json(status, json))
    }

    /// For a body that was written as JSON already.
    #[must_use]
    pub fn written_json(status: StatusCode, json: String) -> Self {
        Self {
            body: Some(json),
            ..Self::empty(status)
        }
    }

    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            headers: Vec::new(),
        }
    }

    /// A value that is no header value is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }
}
