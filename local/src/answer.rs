//! A function's answer as the HTTP response that API Gateway makes of it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{self, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

pub type Answer = Response<Full<Bytes>>;

/// Headers that are the gateway's to set, whatever the function says.
const GATEWAYS_OWN: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What a function that answers for HTTP says; anything else it says is a body by itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spoken {
    status_code: u16,
    headers: Option<BTreeMap<String, Value>>,
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

/// A value that is no proper answer becomes what the gateway shows for a broken function.
#[must_use]
pub fn from_function(value: Value) -> Answer {
    if value.get("statusCode").is_none() {
        return inferred(&value);
    }
    serde_json::from_value(value)
        .ok()
        .and_then(spoken)
        .unwrap_or_else(broken_function)
}

/// What the gateway itself says, when no function is asked.
#[must_use]
pub fn of_gateway(status: StatusCode, message: &str) -> Answer {
    let body = json!({ "message": message }).to_string();
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

#[must_use]
pub fn broken_function() -> Answer {
    of_gateway(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn spoken(spoken: Spoken) -> Option<Answer> {
    let body = spoken.body.unwrap_or_default();
    let bytes = match spoken.is_base64_encoded {
        Some(true) => BASE64.decode(body).ok()?,
        _ => body.into_bytes(),
    };
    let says_something = !bytes.is_empty();
    let mut answer = Response::new(Full::from(bytes));
    *answer.status_mut() = StatusCode::from_u16(spoken.status_code).ok()?;

    let headers = answer.headers_mut();
    for (name, value) in spoken.headers.unwrap_or_default() {
        let name: HeaderName = name.parse().ok()?;
        if !GATEWAYS_OWN.contains(&name) {
            headers.append(name, header_value(&value)?);
        }
    }
    for cookie in spoken.cookies.unwrap_or_default() {
        headers.append(header::SET_COOKIE, cookie.parse().ok()?);
    }
    if says_something && !headers.contains_key(header::CONTENT_TYPE) {
        let text = HeaderValue::from_static("text/plain;charset=utf-8");
        headers.insert(header::CONTENT_TYPE, text);
    }
    Some(answer)
}

fn header_value(value: &Value) -> Option<HeaderValue> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(_) | Value::Bool(_) => value.to_string().parse().ok(),
        _ => None,
    }
}

fn inferred(value: &Value) -> Answer {
    let body = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut answer = Response::new(Full::from(body));
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
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
    async fn status_headers_cookies_and_body_arrive() {
        let answer = read(json!({
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
        assert_eq!(answer.await, (201, headers, "{}".to_owned()));
    }

    #[tokio::test]
    async fn base64_is_decoded_and_a_missing_type_is_plain_text() {
        let answer = read(json!({"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}));
        let headers = vec![pair("content-type", "text/plain;charset=utf-8")];
        assert_eq!(answer.await, (200, headers, "hi".to_owned()));
        assert_eq!(
            read(json!({"statusCode": 204})).await,
            (204, vec![], String::new())
        );
    }

    #[tokio::test]
    async fn an_answer_without_status_is_a_body_by_itself() {
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
    async fn a_malformed_answer_is_the_gateways_own_500() {
        let headers = vec![pair("content-type", "application/json")];
        let broken = (
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
            assert_eq!(read(value.clone()).await, broken, "{value}");
        }
    }
}
