//! Sends a request through a router, and checks what holds for every response.

use std::{collections::HashMap, sync::Arc};

use lambda_http::{Body, Context, LambdaEvent, RequestExt, http::Request};
use serde_json::Value;
use shared::{
    App,
    http::{Event, Router, answer_events, service},
};
use tokio::runtime::{Builder, Runtime};

use crate::session::good_token;

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Reply {
    /// The fields that a 422 names.
    #[must_use]
    pub fn refused_fields(&self) -> Vec<&str> {
        let fields = self.body["detail"]["fields"].as_object();
        fields
            .into_iter()
            .flat_map(|fields| fields.keys().map(String::as_str))
            .collect()
    }
}

#[must_use]
pub fn post(router: Router, app: &Arc<App>, path: &str, body: &[u8]) -> Reply {
    call(router, app, "POST", path, body)
}

#[must_use]
pub fn call(router: Router, app: &Arc<App>, method: &str, path: &str, body: &[u8]) -> Reply {
    send(router, app, request(method, path, body))
}

#[must_use]
pub fn call_with_query(
    router: Router,
    app: &Arc<App>,
    path: &str,
    query: HashMap<String, Vec<String>>,
) -> Reply {
    let request = request("GET", path, b"").with_query_string_parameters(query);
    send(router, app, request)
}

/// Lets the function itself read the event.
#[must_use]
pub fn send_event(router: Router, app: &Arc<App>, event: Event) -> Reply {
    let function = answer_events(service(router, Arc::clone(app)));
    let event = LambdaEvent::new(event, Context::default());
    let Ok(response) = block_on(function(event));
    reply(u16::try_from(response.status_code).unwrap(), response.body)
}

fn request(method: &str, path: &str, body: &[u8]) -> lambda_http::Request {
    Request::builder()
        .method(method)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", good_token()))
        .body(Body::Binary(body.to_vec()))
        .unwrap()
        .with_raw_http_path(path)
}

fn send(router: Router, app: &Arc<App>, request: lambda_http::Request) -> Reply {
    let service = service(router, Arc::clone(app));
    let Ok(response) = block_on(service(request));
    reply(response.status().as_u16(), Some(response.into_body()))
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

fn reply(status: u16, body: Option<Body>) -> Reply {
    let Some(Body::Text(text)) = body else {
        panic!("{status} without a body");
    };
    let body: Value = serde_json::from_str(&text).unwrap();
    if status >= 400 {
        assert_envelope(status, &body);
    }
    Reply { status, body }
}

fn assert_envelope(status: u16, body: &Value) {
    assert!(status < 500, "{body}");
    assert_eq!(body["success"], false, "{body}");
    assert_eq!(body["status"], status, "{body}");
    assert_eq!(body["message"], body["error"], "{body}");
    for name in ["error_code", "message", "timestamp", "request_id"] {
        assert!(
            body[name].as_str().is_some_and(|text| !text.is_empty()),
            "{body}"
        );
    }
    let names_fields = body["detail"]["fields"]
        .as_object()
        .is_some_and(|fields| !fields.is_empty());
    assert_eq!(names_fields, status == 422, "{body}");
}
