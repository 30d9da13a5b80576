//! An HTTP client that sends each request unchanged.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use super::secrets;

pub struct Call {
    request: http::request::Builder,
    body: Vec<u8>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// Null if the body is not JSON.
    pub body: Value,
}

impl Call {
    pub fn new(gateway: SocketAddr, method: &str, path: &str) -> Self {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{gateway}{path}"));
        Self {
            request,
            body: Vec::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self
            .request
            .header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        secrets::register(token);
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn cookie(self, token: &str) -> Self {
        secrets::register(token);
        self.header("cookie", &format!("__Host-session={token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        secrets::register_fields(body);
        self.header("content-type", "application/json")
            .bytes(body.to_string().as_bytes())
    }

    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub async fn send(self) -> Reply {
        let client: Client<HttpConnector, Full<Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let request = self
            .request
            .body(Full::new(Bytes::from(self.body)))
            .unwrap();
        Reply::read(client.request(request).await.unwrap()).await
    }
}

impl Reply {
    pub async fn read<B>(response: Response<B>) -> Self
    where
        B: Body,
        B::Error: std::fmt::Debug,
    {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if parts.status.is_client_error() || parts.status.is_server_error() {
            assert_eq!(secrets::find_registered(&text), None, "{text}");
        }
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn code(&self) -> &str {
        self.body["error_code"].as_str().unwrap_or("none")
    }

    /// The value and attributes of the session cookie.
    pub fn cookie(&self) -> Option<&str> {
        self.set_cookie(&["__Host-session", "session"])
    }

    /// The value and attributes of the device cookie.
    pub fn device_cookie(&self) -> Option<&str> {
        self.set_cookie(&["__Host-device", "device"])
    }

    fn set_cookie(&self, names: &[&str]) -> Option<&str> {
        let all = self.headers.get_all("set-cookie").iter();
        let mut matching = all
            .map(|value| value.to_str().unwrap())
            .filter(|cookie| names.contains(&cookie.split('=').next().unwrap()));
        let first = matching.next();
        assert!(
            matching.next().is_none(),
            "more than one cookie of {names:?}"
        );
        first
    }

    pub fn token(&self) -> &str {
        self.body["session"]["token"].as_str().unwrap()
    }

    /// Checks a whole error response: status, code, all fields, and the common headers.
    #[track_caller]
    pub fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        let fields = self.body.as_object().unwrap();
        let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
        names.retain(|name| *name != "detail");
        names.sort_unstable();
        let expected = [
            "error",
            "error_code",
            "message",
            "request_id",
            "status",
            "success",
            "timestamp",
        ];
        assert_eq!(names, expected);
        assert_eq!(fields["success"], false);
        assert_eq!(fields["status"], status);
        assert_eq!(fields["error"], fields["message"]);
        assert_timestamp(&fields["timestamp"]);
        assert_eq!(fields["request_id"].as_str(), self.header("x-request-id"));
        let challenge = self.header("www-authenticate");
        assert_eq!(challenge.is_some(), status == 401, "{challenge:?}");
        self.assert_common_headers();
    }

    #[track_caller]
    pub fn assert_refused_fields(&self, names: &[&str]) {
        self.assert_refused(422, "ValidationFailed");
        let fields = self.body["detail"]["fields"].as_object().unwrap();
        assert_eq!(fields.keys().collect::<Vec<_>>(), names, "{}", self.text);
        for message in fields.values() {
            assert!(
                message.as_str().is_some_and(|text| text.ends_with('.')),
                "{message}"
            );
        }
    }

    #[track_caller]
    pub fn assert_common_headers(&self) {
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            (
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(self.header(name), Some(value), "{name}");
        }
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()));
    }
}

#[track_caller]
pub fn assert_timestamp(value: &Value) {
    let text = value.as_str().unwrap();
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z", "{text}");
}
