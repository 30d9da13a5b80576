//! The middleware around every handler: request id, the edge, 404 and 405, time-out, panics, common headers,
//! and one log line.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, BoxFuture};

use super::{Request, Response, Router, cors, edge};
use crate::{App, Context, Error, Timestamp};

type LambdaResponse = http::Response<Body>;

/// One allocation for all headers: growing the map hashes them again.
const MAX_HEADERS: usize = 12;

/// The routes as a service, for Lambda and the local server alike. It never fails: the gateway
/// would answer a failure with its own body.
pub fn service(
    router: Router,
    app: Arc<App>,
) -> impl Fn(lambda_http::Request) -> BoxFuture<'static, Result<LambdaResponse, Infallible>>
+ Clone
+ Send
+ Sync
+ 'static {
    let router = Arc::new(router);
    move |request| {
        let (app, router) = (Arc::clone(&app), Arc::clone(&router));
        Box::pin(async move { Ok(respond(&app, &router, request).await) })
    }
}

async fn respond(app: &App, router: &Router, request: lambda_http::Request) -> LambdaResponse {
    let began = app.clock.now();
    let mut request = Request::new(request, || fallback_id(app));
    let found = router.find(&request.path);
    let route = found.as_ref().map(|found| found.routes.path.as_str());
    let dialect = found
        .as_ref()
        .map_or(router.dialect(), |found| found.routes.dialect);

    let admitted =
        edge::pass(&app.settings, &mut request).and_then(|()| request.require_readable());
    let outcome = match (admitted, found) {
        (Err(error), _) => Err(error),
        (Ok(()), None) => Err(Error::NotFound),
        (Ok(()), Some(found)) => {
            request.parameters = found.parameters;
            let methods = found.routes.allowed_methods();
            if cors::is_listed_preflight(&app.settings, &request) {
                return preflight(app, &request, &methods);
            }
            match found.routes.handler(&request.method) {
                None => Err(Error::MethodNotAllowed { allow: methods }),
                Some(handler) => {
                    let trace = &request.trace;
                    in_time(app, handler(Context { app, trace }, &request)).await
                }
            }
        }
    };

    let now = app.clock.now();
    let (response, error) = match outcome {
        Ok(response) => (response, None),
        Err(error) => {
            let response = (dialect.error_response)(&error, request.id(), now);
            (response, Some(error))
        }
    };
    log_line(&request, route, response.status, error.as_ref(), began, now);
    let mut response = into_lambda(response);
    if request.method == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    add_common_headers(response.headers_mut(), &request);
    cors::add_headers(&app.settings, &request, response.headers_mut());
    response
}

/// A call that is cut off leaves one conditional write that happened or did not. The same call
/// again finds out which.
async fn in_time(
    app: &App,
    handling: BoxFuture<'_, Result<Response, Error>>,
) -> Result<Response, Error> {
    let handling = AssertUnwindSafe(handling).catch_unwind();
    match tokio::time::timeout(app.call_timeout, handling).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Error::Internal("a handler panicked")),
        Err(_elapsed) => Err(Error::Unavailable("the call took too long")),
    }
}

fn into_lambda(response: Response) -> LambdaResponse {
    let has_body = response.body.is_some();
    let mut lambda = LambdaResponse::new(response.body.map_or(Body::Empty, Body::Text));
    *lambda.status_mut() = response.status;
    let headers = lambda.headers_mut();
    headers.reserve(MAX_HEADERS);
    for (name, value) in response.headers {
        headers.append(name, value);
    }
    if has_body {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    lambda
}

fn preflight(app: &App, request: &Request, methods: &str) -> LambdaResponse {
    let mut response = LambdaResponse::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    add_common_headers(response.headers_mut(), request);
    cors::add_headers(&app.settings, request, response.headers_mut());
    cors::add_preflight_headers(methods, response.headers_mut());
    response
}

fn add_common_headers(headers: &mut HeaderMap, request: &Request) {
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

/// Names the route and never the path: callers can write anything into a path.
fn log_line(
    request: &Request,
    route: Option<&str>,
    status: StatusCode,
    error: Option<&Error>,
    began: Timestamp,
    now: Timestamp,
) {
    let route = route.unwrap_or("none");
    let method = known_method(&request.method);
    let duration_ms = now.millis() - began.millis();
    let request_id = request.id();
    let is_failure = status.is_server_error();
    let status = status.as_u16();
    let Some(error) = error else {
        tracing::info!(request_id, method, route, status, duration_ms, "answered");
        return;
    };
    let (error_code, cause) = (error.code().as_str(), error.cause());
    if is_failure {
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

/// Callers can write anything into a method, too.
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
