//! The request that handlers read.

use std::fmt;

use http::{HeaderMap, HeaderValue, Method, header};
use lambda_http::{Body, RequestExt, request::RequestContext};

use super::{Form, body, event::Unreadable};
use crate::{Error, FieldErrors, audit::Trace};

pub struct Request {
    pub trace: Trace,
    pub method: Method,
    pub path: String,
    pub(super) parameters: Vec<(String, String)>,
    headers: HeaderMap,
    query: Vec<(String, String)>,
    body: Vec<u8>,
    is_readable: bool,
}

impl Request {
    pub(super) fn new(request: lambda_http::Request, fallback_id: impl FnOnce() -> String) -> Self {
        let trace = Trace::new(
            request_id(&request).unwrap_or_else(fallback_id),
            source_address(&request).as_deref(),
            request
                .headers()
                .get(header::USER_AGENT)
                .map(HeaderValue::as_bytes),
        );
        let path = request.raw_http_path().to_owned();
        let query = request
            .query_string_parameters_ref()
            .map(|query| {
                query
                    .iter()
                    .map(|(k, v)| (k.to_owned(), v.to_owned()))
                    .collect()
            })
            .unwrap_or_default();
        let is_readable = request.extensions().get::<Unreadable>().is_none();
        let (parts, body) = request.into_parts();
        let body = match body {
            Body::Text(text) => text.into_bytes(),
            Body::Binary(bytes) => bytes,
            _ => Vec::new(),
        };
        Self {
            trace,
            method: parts.method,
            path,
            parameters: Vec::new(),
            headers: parts.headers,
            query,
            body,
            is_readable,
        }
    }

    /// Refuses an event of the gateway that holds no request.
    pub(super) fn require_readable(&self) -> Result<(), Error> {
        if self.is_readable {
            return Ok(());
        }
        Err(Error::MalformedJson(
            "This request cannot be read. Send it as an HTTP client does.",
        ))
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.trace.request_id
    }

    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A segment of the path, by its name in the route.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The query parameters, read like fields. A repeated one is refused.
    #[must_use]
    pub fn query_form(&self) -> Form {
        let mut wrong = FieldErrors::new();
        let mut fields = serde_json::Map::new();
        for (name, value) in &self.query {
            if fields.insert(name.clone(), value.clone().into()).is_some() {
                let twice = "This query parameter is there twice. Give it once.";
                wrong.insert(name.clone(), twice.to_owned());
            }
        }
        Form::new(fields, wrong)
    }

    /// The fields of a required body.
    pub fn form(&self) -> Result<Form, Error> {
        let fields = body::fields(&self.headers, &self.body)?;
        Ok(Form::new(fields, self.unknown_parameters()))
    }

    /// The fields of an optional body.
    pub fn optional_form(&self) -> Result<Form, Error> {
        if self.body.is_empty() {
            return Ok(Form::new(serde_json::Map::new(), self.unknown_parameters()));
        }
        self.form()
    }

    /// For calls without a body.
    pub fn refuse_parameters(&self) -> Result<(), Error> {
        let unknown = self.unknown_parameters();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Error::ValidationFailed(unknown))
        }
    }

    fn unknown_parameters(&self) -> FieldErrors {
        let mut wrong = FieldErrors::new();
        for (name, _) in &self.query {
            let unknown = "This call has no such query parameter. Leave it out.";
            wrong.insert(name.clone(), unknown.to_owned());
        }
        wrong
    }
}

fn source_address(request: &lambda_http::Request) -> Option<String> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    }
}

/// The gateway's id, which its access log has too, else Lambda's.
fn request_id(request: &lambda_http::Request) -> Option<String> {
    let of_gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    let of_lambda = || {
        request
            .lambda_context_ref()
            .map(|context| context.request_id.clone())
    };
    let is_plain = |id: &String| {
        (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    of_gateway
        .filter(is_plain)
        .or_else(of_lambda)
        .filter(is_plain)
}

/// Headers, query and body may hold secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id())
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
