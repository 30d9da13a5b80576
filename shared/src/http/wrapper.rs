//! Around every handler: request id, 404 and 405, panics, the headers of every answer, and one log
//! line.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use lambda_http::{Body, BoxFuture};

use super::{Answer, Endpoint, Request, endpoint, envelope, origin};
use crate::{App, Error, Timestamp};

const MOST_HEADERS: usize = 12;

pub(super) async fn answer(
    app: &App,
    endpoint: &Endpoint,
    request: lambda_http::Request,
) -> Response<Body> {
    let began = app.clock.now();
    let mut request = Request::new(request, || fallback_id(app));
    let route = endpoint.find(&request.path);
    let route_path = route.as_ref().map(|found| found.path);

    let outcome = match route {
        None => Err(Error::NotFound),
        Some(found) => {
            request.parameters = found.parameters;
            let methods = endpoint::allowed_methods(found.routes);
            if origin::is_listed_preflight(&app.settings, &request) {
                return preflight(app, &request, &methods);
            }
            match endpoint::handler_of(found.routes, &request.method) {
                None => Err(Error::MethodNotAllowed { allow: methods }),
                Some(handler) => in_time(app, handler(app, &request)).await,
            }
        }
    };

    let now = app.clock.now();
    log_line(&request, route_path, &outcome, began, now);
    let mut response = match outcome {
        Ok(answer) => success(answer),
        Err(error) => envelope::response(&error, request.id(), now),
    };
    if !matches!(response.body(), Body::Empty) {
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    if request.method == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    common_headers(response.headers_mut(), &request);
    origin::cors_headers(&app.settings, &request, response.headers_mut());
    response
}

/// Whatever a handler waits for, its caller does not. What was under way when it was cut off is one
/// conditional write that happened or did not, and the same call again finds out which.
async fn in_time(
    app: &App,
    handling: BoxFuture<'_, Result<Answer, Error>>,
) -> Result<Answer, Error> {
    let handling = AssertUnwindSafe(handling).catch_unwind();
    match tokio::time::timeout(app.answers_within, handling).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Error::Internal("a handler panicked")),
        Err(_elapsed) => Err(Error::Unavailable("the call took too long")),
    }
}

fn success(answer: Answer) -> Response<Body> {
    let mut response = Response::new(answer.body.map_or(Body::Empty, Body::Text));
    // All that come, at once: to grow is to sort them in again.
    response.headers_mut().reserve(MOST_HEADERS);
    *response.status_mut() = answer.status;
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(cookie) = answer
        .cookie
        .and_then(|cookie| HeaderValue::try_from(cookie).ok())
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn preflight(app: &App, request: &Request, methods: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    common_headers(response.headers_mut(), request);
    origin::cors_headers(&app.settings, request, response.headers_mut());
    origin::preflight_headers(methods, response.headers_mut());
    response
}

fn common_headers(headers: &mut HeaderMap, request: &Request) {
    let fixed = HeaderValue::from_static;
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        fixed("max-age=63072000; includeSubDomains"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        fixed("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    if let Ok(id) = HeaderValue::from_str(request.id()) {
        headers.insert("x-request-id", id);
    }
}

/// Names the route and never the path, which is the caller's to write into.
fn log_line(
    request: &Request,
    route: Option<&str>,
    outcome: &Result<Answer, Error>,
    began: Timestamp,
    now: Timestamp,
) {
    let route = route.unwrap_or("none");
    let method = known_method(&request.method);
    let duration_ms = now.millis() - began.millis();
    let request_id = request.id();
    match outcome {
        Ok(answer) => {
            let status = answer.status.as_u16();
            tracing::info!(request_id, method, route, status, duration_ms, "answered");
        }
        Err(error) => {
            let (code, cause) = (error.code(), error.cause());
            let (status, error_code) = (code.status().as_u16(), code.as_str());
            if code.status().is_server_error() {
                tracing::error!(
                    request_id,
                    method,
                    route,
                    status,
                    error_code,
                    cause,
                    duration_ms,
                    "failed"
                );
            } else {
                tracing::info!(
                    request_id,
                    method,
                    route,
                    status,
                    error_code,
                    cause,
                    duration_ms,
                    "refused"
                );
            }
        }
    }
}

/// A method is the caller's to write, too.
fn known_method(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}

fn fallback_id(app: &App) -> String {
    app.entropy
        .uuid()
        .map_or_else(|_| "unknown".to_owned(), |id| id.to_string())
}
