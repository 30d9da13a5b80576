//! Converts the result of a function to an HTTP response, as API Gateway does (payload 2.0).
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{self, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

pub type HttpResponse = Response<Full<Bytes>>;

/// Headers that the gateway sets. It ignores a function's values for them.
const GATEWAY_HEADERS: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The result of a function, if it has a `statusCode`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionResponse {
    status_code: u16,
    headers: Option<BTreeMap<String, Value>>,
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

/// A malformed response becomes the gateway's 500.
#[must_use]
pub fn from_function(value: Value) -> HttpResponse {
    if value.get("statusCode").is_none() {
        return inferred_response(&value);
    }
    serde_json::from_value(value)
        .ok()
        .and_then(http_response)
        .unwrap_or_else(function_error)
}

/// An error response of the gateway itself.
#[must_use]
pub fn gateway_error(status: StatusCode, message: &str) -> HttpResponse {
    json_response(status, &json!({ "message": message }))
}

#[must_use]
pub fn json_response(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

#[must_use]
pub fn function_error() -> HttpResponse {
    gateway_error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn http_response(function: FunctionResponse) -> Option<HttpResponse> {
    let body = function.body.unwrap_or_default();
    let bytes = match function.is_base64_encoded {
        Some(true) => BASE64.decode(body).ok()?,
        _ => body.into_bytes(),
    };
    let has_body = !bytes.is_empty();
    let mut response = Response::new(Full::from(bytes));
    *response.status_mut() = StatusCode::from_u16(function.status_code).ok()?;

    let headers = response.headers_mut();
    for (name, value) in function.headers.unwrap_or_default() {
        let name: HeaderName = name.parse().ok()?;
        if !GATEWAY_HEADERS.contains(&name) {
            headers.append(name, header_value(&value)?);
        }
    }
    for cookie in function.cookies.unwrap_or_default() {
        headers.append(header::SET_COOKIE, cookie.parse().ok()?);
    }
    if has_body && !headers.contains_key(header::CONTENT_TYPE) {
        let text = HeaderValue::from_static("text/plain;charset=utf-8");
        headers.insert(header::CONTENT_TYPE, text);
    }
    Some(response)
}

fn header_value(value: &Value) -> Option<HeaderValue> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(_) | Value::Bool(_) => value.to_string().parse().ok(),
        _ => None,
    }
}

/// Without a `statusCode`, the whole value is the body of a 200.
fn inferred_response(value: &Value) -> HttpResponse {
    let body = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut response = Response::new(Full::from(body));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn read(value: Value) -> (u16, Vec<(String, String)>, String) {
        let (parts, body) = from_function(value).into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let headers = parts.headers.iter().map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8(value.as_bytes().to_vec()).unwrap(),
            )
        });
        (
            parts.status.as_u16(),
            headers.collect(),
            String::from_utf8(bytes.to_vec()).unwrap(),
        )
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[tokio::test]
    async fn status_headers_cookies_and_body_are_converted() {
        let response = read(json!({
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "Content-Length": "999", "X-N": 3},
            "multiValueHeaders": {"X-Ignored": ["1"]},
            "cookies": ["a=1; Path=/", "b=2"],
            "body": "{}",
            "isBase64Encoded": false,
        }));
        let headers = vec![
            pair("content-type", "application/json"),
            pair("x-n", "3"),
            pair("set-cookie", "a=1; Path=/"),
            pair("set-cookie", "b=2"),
        ];
        assert_eq!(response.await, (201, headers, "{}".to_owned()));
    }

    #[tokio::test]
    async fn base64_is_decoded_and_the_default_content_type_is_plain_text() {
        let response = read(json!({"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}));
        let headers = vec![pair("content-type", "text/plain;charset=utf-8")];
        assert_eq!(response.await, (200, headers, "hi".to_owned()));
        assert_eq!(
            read(json!({"statusCode": 204})).await,
            (204, vec![], String::new())
        );
    }

    #[tokio::test]
    async fn a_result_without_status_code_is_the_body() {
        let headers = vec![pair("content-type", "application/json")];
        assert_eq!(
            read(json!({"hello": 1})).await,
            (200, headers.clone(), r#"{"hello":1}"#.to_owned())
        );
        assert_eq!(
            read(json!("hello")).await,
            (200, headers, "hello".to_owned())
        );
    }

    #[tokio::test]
    async fn a_malformed_response_is_the_gateways_500() {
        let headers = vec![pair("content-type", "application/json")];
        let error = (
            500,
            headers,
            r#"{"message":"Internal Server Error"}"#.to_owned(),
        );
        for value in [
            json!({"statusCode": "ok"}),
            json!({"statusCode": 99}),
            json!({"statusCode": 200, "body": {"not": "text"}}),
            json!({"statusCode": 200, "headers": {"bad name": "x"}}),
            json!({"statusCode": 200, "headers": {"x": "line\nbreak"}}),
            json!({"statusCode": 200, "headers": {"x": ["list"]}}),
            json!({"statusCode": 200, "cookies": ["line\nbreak"]}),
            json!({"statusCode": 200, "body": "%", "isBase64Encoded": true}),
        ] {
            assert_eq!(read(value.clone()).await, error, "{value}");
        }
    }
}
