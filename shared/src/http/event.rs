//! The gateway's events as requests, and responses as the gateway wants them.
//!
//! `lambda_http`'s own conversion builds a URL, which no handler reads, and panics if a caller's
//! host or query makes none. Nothing here can panic, so every event gets an answer of ours.

use std::{convert::Infallible, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use lambda_http::{
    Body, BoxFuture, LambdaEvent, RequestExt,
    aws_lambda_events::{
        apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
        query_map::QueryMap,
    },
    request::RequestContext,
};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The answer that the runtime sends back to the gateway.
pub type EventResponse = ApiGatewayV2httpResponse;

/// An event of an HTTP API (payload 2.0), or any other JSON.
pub struct Event(Option<Box<ApiGatewayV2httpRequest>>);

/// Marks the request that stands for an event that is no HTTP request.
#[derive(Clone, Copy)]
pub(super) struct Unreadable;

impl<'de> Deserialize<'de> for Event {
    /// Never fails on JSON: the runtime would answer a failure in the function's stead.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(event.get()).ok()))
    }
}

/// Headers, query and body may hold secrets.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(..)")
    }
}

/// Lets a service of requests answer events, in Lambda and the local server alike.
pub fn answer_events<S>(
    service: S,
) -> impl Fn(LambdaEvent<Event>) -> BoxFuture<'static, Result<EventResponse, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static
where
    S: Fn(lambda_http::Request) -> BoxFuture<'static, Result<http::Response<Body>, Infallible>>
        + Clone
        + Send
        + Sync
        + 'static,
{
    move |LambdaEvent { payload, context }| {
        let request = payload
            .0
            .and_then(|event| request(*event))
            .unwrap_or_else(unreadable);
        let answering = service(request.with_lambda_context(context));
        Box::pin(async move { answering.await.map(event_response) })
    }
}

/// None if the body is not the base64 that the event says it is.
fn request(event: ApiGatewayV2httpRequest) -> Option<lambda_http::Request> {
    let body = match event.body {
        None => Body::Empty,
        Some(text) if event.is_base64_encoded => Body::Binary(STANDARD.decode(text).ok()?),
        Some(text) => Body::Text(text),
    };
    // The gateway's own map of parameters joins repeated ones with commas.
    let query = match event.raw_query_string {
        Some(raw) => raw
            .parse()
            .unwrap_or_else(|never: Infallible| match never {}),
        None => event.query_string_parameters,
    };
    let mut request = http::Request::new(body);
    *request.method_mut() = event.request_context.http.method.clone();
    *request.headers_mut() = with_cookies(event.headers, event.cookies);
    Some(
        request
            .with_raw_http_path(event.raw_path.unwrap_or_default())
            .with_query_string_parameters::<QueryMap>(query)
            .with_request_context(RequestContext::ApiGatewayV2(event.request_context)),
    )
}

/// The event has a list of cookies in place of their header.
fn with_cookies(mut headers: HeaderMap, cookies: Option<Vec<String>>) -> HeaderMap {
    if let Some(Ok(line)) = cookies.map(|cookies| HeaderValue::from_str(&cookies.join("; "))) {
        headers.insert(header::COOKIE, line);
    }
    headers
}

fn unreadable() -> lambda_http::Request {
    let mut request = http::Request::new(Body::Empty);
    request.extensions_mut().insert(Unreadable);
    request
}

fn event_response(response: http::Response<Body>) -> EventResponse {
    let (mut parts, body) = response.into_parts();
    let mut event = EventResponse::default();
    event.status_code = i64::from(parts.status.as_u16());
    event.cookies = parts
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned())
        .collect();
    parts.headers.remove(header::SET_COOKIE);
    event.headers = parts.headers;
    event.is_base64_encoded = matches!(body, Body::Binary(_));
    event.body = (!matches!(body, Body::Empty)).then_some(body);
    event
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(event: &str) -> Option<lambda_http::Request> {
        let event: Event = serde_json::from_str(event).unwrap();
        event.0.and_then(|event| request(*event))
    }

    fn event(more: &Value) -> String {
        let mut event = json!({
            "rawPath": "/a b",
            "headers": {"Host": "api.example.com"},
            "requestContext": {"http": {"method": "PUT", "sourceIp": "203.0.113.7"}},
        });
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        event.to_string()
    }

    #[test]
    fn a_request_has_all_that_handlers_read() {
        let more = json!({
            "rawQueryString": "a=1&a=%C3%A9+x",
            "cookies": ["a=1", "b=2"],
            "body": "aGk=",
            "isBase64Encoded": true,
        });
        let request = read(&event(&more)).unwrap();
        assert_eq!(request.method(), "PUT");
        assert_eq!(request.raw_http_path(), "/a b");
        assert_eq!(request.headers()[header::HOST], "api.example.com");
        assert_eq!(request.headers()[header::COOKIE], "a=1; b=2");
        let query = request.query_string_parameters();
        assert_eq!(query.all("a"), Some(vec!["1", "\u{e9} x"]));
        assert!(matches!(request.body(), Body::Binary(bytes) if bytes == b"hi"));
        let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else {
            panic!("no context");
        };
        assert_eq!(context.http.source_ip.as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn a_response_has_its_cookies_apart() {
        let response = http::Response::builder()
            .status(201)
            .header("set-cookie", "a=1")
            .header("x-n", "3")
            .header("set-cookie", "b=2")
            .body(Body::from("{}"));
        let event = serde_json::to_value(event_response(response.unwrap())).unwrap();
        let expected = json!({
            "statusCode": 201,
            "headers": {"x-n": "3"},
            "multiValueHeaders": {},
            "cookies": ["a=1", "b=2"],
            "body": "{}",
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn no_debug_output_shows_an_event() {
        let event: Event = serde_json::from_str(&event(&json!({"body": "secret"}))).unwrap();
        assert_eq!(format!("{event:?}"), "Event(..)");
    }

    proptest! {
        #[test]
        fn any_path_query_host_and_protocol_make_a_request(
            path: String, query: String, domain: String, stage: String,
            host in "[ -~\u{e9}]{0,12}", protocol in "[ -~]{0,8}",
        ) {
            let more = json!({
                "rawPath": path,
                "rawQueryString": query,
                "headers": {"host": host, "x-forwarded-proto": protocol},
                "requestContext": {
                    "http": {"method": "GET"}, "domainName": domain, "stage": stage,
                },
            });
            let request = read(&event(&more)).unwrap();
            prop_assert_eq!(request.raw_http_path(), path);
            prop_assert_eq!(request.headers()[header::HOST].as_bytes(), host.as_bytes());
        }
    }
}
