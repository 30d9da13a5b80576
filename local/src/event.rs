//! Converts an HTTP request to the event of an HTTP API (payload 2.0).
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use shared::Clock;
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use url::Url;
use uuid::Uuid;

use crate::routes::MatchedRoute;

const CLF_TIME: StaticFormatDescription =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// Headers of a single connection, which a gateway does not forward.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
const HOP_BY_HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The socket addresses of the connection that carries a request.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionInfo {
    pub peer: SocketAddr,
    pub local: SocketAddr,
}

#[must_use]
pub fn from_request(
    request: &http::request::Parts,
    body: &[u8],
    connection: ConnectionInfo,
    route: &MatchedRoute,
) -> Value {
    let host = valid_host(&request.headers).unwrap_or_else(|| connection.local.to_string());
    let domain = domain_name(&host);
    let raw_path = percent_decode_str(request.uri.path()).decode_utf8_lossy();
    let raw_query = request.uri.query().unwrap_or_default();
    let now = Clock::system().now();
    let time = OffsetDateTime::from_unix_timestamp(now.seconds()).ok();

    let mut event = json!({
        "version": "2.0",
        "routeKey": route.route_key,
        "rawPath": raw_path,
        "rawQueryString": raw_query,
        "headers": headers(&request.headers, &host, connection, body),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": request.method.as_str(),
                "path": raw_path,
                "protocol": format!("{:?}", request.version),
                "sourceIp": connection.peer.ip().to_string(),
                "userAgent": request.headers.get(header::USER_AGENT).map(text).unwrap_or_default(),
            },
            "requestId": Uuid::new_v4().to_string(),
            "routeKey": route.route_key,
            "stage": "$default",
            "time": time.and_then(|time| time.format(CLF_TIME).ok()),
            "timeEpoch": now.millis(),
        },
        "isBase64Encoded": false,
    });

    // API Gateway omits empty fields.
    let cookies = cookies(&request.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !raw_query.is_empty() {
        event["queryStringParameters"] = query_parameters(raw_query);
    }
    if !route.path_parameters.is_empty() {
        event["pathParameters"] = json!(route.path_parameters);
    }
    if !body.is_empty() {
        let text_body = std::str::from_utf8(body)
            .ok()
            .filter(|_| is_text(&request.headers));
        event["isBase64Encoded"] = json!(text_body.is_none());
        event["body"] = text_body.map_or_else(|| json!(BASE64.encode(body)), |text| json!(text));
    }
    event
}

fn headers(received: &HeaderMap, host: &str, connection: ConnectionInfo, body: &[u8]) -> Value {
    let mut headers = Map::new();
    for name in received.keys() {
        // The event has a separate list of cookies.
        if *name != header::COOKIE && !HOP_BY_HOP.contains(name) {
            headers.insert(name.to_string(), json!(joined(received, name)));
        }
    }
    let peer = connection.peer.ip().to_string();
    let forwarded_for = match headers.get("x-forwarded-for").and_then(Value::as_str) {
        Some(earlier) => format!("{earlier}, {peer}"),
        None => peer,
    };
    headers.insert("x-forwarded-for".into(), json!(forwarded_for));
    headers.insert(
        "x-forwarded-port".into(),
        json!(connection.local.port().to_string()),
    );
    // The gateway sets the next two itself.
    headers.insert("x-forwarded-proto".into(), json!("http"));
    headers.insert("host".into(), json!(host));
    if !body.is_empty() {
        headers.insert("content-length".into(), json!(body.len().to_string()));
    }
    Value::Object(headers)
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    headers
        .get_all(name)
        .iter()
        .map(text)
        .collect::<Vec<_>>()
        .join(",")
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().map(text);
    let pairs = lines.flat_map(|line| {
        line.split(';')
            .map(|pair| pair.trim().to_owned())
            .collect::<Vec<String>>()
    });
    pairs.filter(|pair| !pair.is_empty()).collect()
}

fn query_parameters(raw: &str) -> Value {
    let mut parameters = Map::new();
    for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        let joined = match parameters.get(&*name).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value.into_owned(),
        };
        parameters.insert(name.into_owned(), json!(joined));
    }
    Value::Object(parameters)
}

/// Whether API Gateway passes the body as text. It encodes other bodies in base64.
fn is_text(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return false;
    }
    let Some(content_type) = headers.get(header::CONTENT_TYPE).map(text) else {
        return true;
    };
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let textual = [
        "application/json",
        "application/javascript",
        "application/xml",
    ];
    essence.starts_with("text/") || essence.ends_with("+json") || textual.contains(&&*essence)
}

/// The client's `Host`, if a URL can be built from it.
fn valid_host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    let only_a_host = url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && !host.contains(['/', '\\', '@', '?', '#']);
    let both_parsers_agree = url.as_str().parse::<Uri>().is_ok();
    (only_a_host && both_parsers_agree).then(|| host.to_owned())
}

fn domain_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        // A colon before a closing bracket is part of an IPv6 address.
        Some((domain, port)) if !port.contains(']') => domain,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const CONNECTION: ConnectionInfo = ConnectionInfo {
        peer: SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 50_000),
        local: SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9000),
    };

    fn event(build: http::request::Builder, body: &[u8]) -> Value {
        let (parts, ()) = build.body(()).unwrap().into_parts();
        let route = MatchedRoute {
            binary: "items".into(),
            route_key: "ANY /items/{id}".into(),
            path_parameters: BTreeMap::from([("id".into(), "7".into())]),
        };
        from_request(&parts, body, CONNECTION, &route)
    }

    fn request(uri: &str) -> http::request::Builder {
        http::Request::builder().uri(uri)
    }

    #[test]
    fn a_request_becomes_the_event_of_an_http_api() {
        let build = request("/items/7?a=1&b=x%20y&a=2&c=p+q")
            .method("POST")
            .header("Host", "localhost:9000")
            .header("User-Agent", "curl/8")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("X-Twice", "one")
            .header("X-Twice", "two")
            .header("X-Forwarded-For", "203.0.113.9")
            .header("X-Forwarded-Proto", "gopher")
            .header("Connection", "keep-alive")
            .header("Cookie", "a=1; b=2;")
            .header("Cookie", "c=3");
        let mut event = event(build, br#"{"x":"\u00e9"}"#);

        let context = event["requestContext"].as_object_mut().unwrap();
        let id = context.remove("requestId").unwrap();
        assert_eq!(id.as_str().unwrap().len(), 36);
        let epoch = context.remove("timeEpoch").unwrap();
        assert!(epoch.as_i64().unwrap() > 1_700_000_000_000);
        let time = context.remove("time").unwrap();
        assert_eq!(
            time.as_str().unwrap().len(),
            "12/Mar/2020:19:03:58 +0000".len()
        );

        assert_eq!(
            event,
            json!({
                "version": "2.0",
                "routeKey": "ANY /items/{id}",
                "rawPath": "/items/7",
                "rawQueryString": "a=1&b=x%20y&a=2&c=p+q",
                "cookies": ["a=1", "b=2", "c=3"],
                "headers": {
                    "content-length": "14",
                    "content-type": "application/json; charset=utf-8",
                    "host": "localhost:9000",
                    "user-agent": "curl/8",
                    "x-forwarded-for": "203.0.113.9, 127.0.0.1",
                    "x-forwarded-port": "9000",
                    "x-forwarded-proto": "http",
                    "x-twice": "one,two",
                },
                "queryStringParameters": {"a": "1,2", "b": "x y", "c": "p q"},
                "pathParameters": {"id": "7"},
                "requestContext": {
                    "accountId": "000000000000",
                    "apiId": "local",
                    "domainName": "localhost",
                    "domainPrefix": "localhost",
                    "http": {
                        "method": "POST",
                        "path": "/items/7",
                        "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.1",
                        "userAgent": "curl/8",
                    },
                    "routeKey": "ANY /items/{id}",
                    "stage": "$default",
                },
                "body": r#"{"x":"\u00e9"}"#,
                "isBase64Encoded": false,
            })
        );
    }

    #[test]
    fn empty_fields_are_omitted() {
        let event = event(request("/"), b"");
        for absent in ["cookies", "queryStringParameters", "body"] {
            assert_eq!(event.get(absent), None, "{absent}");
        }
        assert_eq!(event["headers"]["host"], "127.0.0.1:9000");
        assert_eq!(event["headers"].get("content-length"), None);
    }

    #[test]
    fn the_path_is_decoded_but_not_the_query() {
        let event = event(request("/caf%C3%A9/%FF/a%2Fb+c?q=%C3%A9"), b"");
        assert_eq!(event["rawPath"], "/café/\u{FFFD}/a/b+c");
        assert_eq!(event["requestContext"]["http"]["path"], event["rawPath"]);
        assert_eq!(event["rawQueryString"], "q=%C3%A9");
    }

    #[test]
    fn a_body_is_text_if_its_content_type_and_its_bytes_are() {
        let body = |content_type: Option<&str>, encoding: Option<&str>, body: &[u8]| {
            let mut build = request("/").method("POST");
            if let Some(content_type) = content_type {
                build = build.header("content-type", content_type);
            }
            if let Some(encoding) = encoding {
                build = build.header("content-encoding", encoding);
            }
            let event = event(build, body);
            let text = event["body"].as_str().unwrap().to_owned();
            (text, event["isBase64Encoded"].as_bool().unwrap())
        };
        let plain = ("hi".to_owned(), false);
        let encoded = ("aGk=".to_owned(), true);
        for content_type in [
            "application/json",
            "TEXT/plain;x=y",
            "application/problem+json",
        ] {
            assert_eq!(
                body(Some(content_type), None, b"hi"),
                plain,
                "{content_type}"
            );
        }
        assert_eq!(body(None, None, b"hi"), plain);
        for content_type in [
            "application/octet-stream",
            "application/x-www-form-urlencoded",
            "",
        ] {
            assert_eq!(
                body(Some(content_type), None, b"hi"),
                encoded,
                "{content_type}"
            );
        }
        assert_eq!(body(Some("application/json"), Some("gzip"), b"hi"), encoded);
        assert_eq!(
            body(Some("application/json"), None, b"\xFF"),
            ("/w==".to_owned(), true)
        );
    }

    #[test]
    fn an_invalid_host_is_replaced_by_the_listening_address() {
        for host in [
            "", " ", "a b", "a/b", "a?b", "a#b", "u@h", "[::1", "h:99999", "h:x", "%00",
        ] {
            let event = event(request("/").header("host", host), b"");
            assert_eq!(event["headers"]["host"], "127.0.0.1:9000", "{host:?}");
        }
        let bytes = HeaderValue::from_bytes(b"h\xFF").unwrap();
        assert_eq!(
            event(request("/").header("host", bytes), b"")["headers"]["host"],
            "127.0.0.1:9000"
        );
        for (host, domain) in [
            ("[::1]:9000", "[::1]"),
            ("[::1]", "[::1]"),
            ("api.example.com", "api.example.com"),
        ] {
            let event = event(request("/").header("host", host), b"");
            assert_eq!(event["headers"]["host"], host);
            assert_eq!(event["requestContext"]["domainName"], domain);
        }
    }
}
