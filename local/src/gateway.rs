//! The HTTP server that replaces API Gateway.
//!
//! It uses hyper directly. A web framework would add a body limit, error pages and headers that
//! API Gateway does not have.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, EXPECT};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use crate::event::{self, ConnectionInfo};
use crate::functions::Functions;
use crate::mailbox::Mailbox;
use crate::response::{self, HttpResponse};
use crate::routes::Routes;
use crate::stream::Wake;

/// The quota of API Gateway for the body of a request.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const MAX_BODY: usize = 10 * 1024 * 1024;

/// Bounds the wait for open connections at shutdown, and for the rest of a rejected body.
const GRACE_PERIOD: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub struct Gateway {
    routes: Routes,
    functions: Functions,
    mailbox: Option<Arc<Mailbox>>,
    wake: Option<Wake>,
}

/// Serves requests until the future is dropped.
pub async fn serve(listener: TcpListener, routes: Routes, functions: Functions) {
    Gateway::new(routes, functions)
        .serve_until(listener, pending())
        .await;
}

impl Gateway {
    #[must_use]
    pub fn new(routes: Routes, functions: Functions) -> Self {
        Self {
            routes,
            functions,
            ..Self::default()
        }
    }

    /// The mailbox has paths of its own, before all routes.
    #[must_use]
    pub fn with_mailbox(mut self, mailbox: Arc<Mailbox>) -> Self {
        self.mailbox = Some(mailbox);
        self
    }

    /// Each call of a function wakes the poller of the stream, since it may have written.
    #[must_use]
    pub fn waking(mut self, wake: Wake) -> Self {
        self.wake = Some(wake);
        self
    }

    /// Serves requests until `stop` completes, then waits a short time for those in progress.
    pub async fn serve_until(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let gateway = Arc::new(self);
        let connections = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => spawn_connection(&gateway, &connections, stream, peer),
                    // Usually the limit on open files. The pause lets other connections close.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
        drop(listener);
        // A client that keeps its connection longer does not delay the shutdown.
        let _ = tokio::time::timeout(GRACE_PERIOD, connections.shutdown()).await;
    }
}

fn spawn_connection(
    gateway: &Arc<Gateway>,
    connections: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // This fails when the client has already disconnected.
    let Ok(local) = stream.local_addr() else {
        return;
    };
    let gateway = Arc::clone(gateway);
    let service = service_fn(move |request| {
        let gateway = Arc::clone(&gateway);
        async move {
            Ok::<_, Infallible>(
                gateway
                    .respond(request, ConnectionInfo { peer, local })
                    .await,
            )
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    // An error here means that the client disconnected, which needs no handling.
    tokio::spawn(async move { drop(connection.await) });
}

impl Gateway {
    async fn respond(
        &self,
        request: Request<Incoming>,
        connection: ConnectionInfo,
    ) -> HttpResponse {
        let (head, body) = request.into_parts();
        // The targets of `OPTIONS *` and `CONNECT host:port` have no path.
        // <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>
        if !head.uri.path().starts_with('/') {
            return response::gateway_error(StatusCode::BAD_REQUEST, "Bad Request");
        }
        let body = match read_body(&head.headers, body).await {
            Ok(body) => body,
            Err(response) => return response,
        };
        if let Some(mailbox) = &self.mailbox
            && Mailbox::serves(head.uri.path())
        {
            // The mails of the calls before this one are in it.
            if Mailbox::shows(head.uri.path())
                && let Some(wake) = &self.wake
            {
                wake.until_handled().await;
            }
            return mailbox.respond(&head, &body).await;
        }
        let Some(route) = self.routes.find(&head.method, head.uri.path()) else {
            return response::gateway_error(StatusCode::NOT_FOUND, "Not Found");
        };
        let event = event::from_request(&head, &body, connection, &route);
        let request_id = event["requestContext"]["requestId"].clone();
        let mut response = match self.functions.invoke(&route.binary, event).await {
            Ok(value) => response::from_function(value),
            Err(error) => {
                tracing::error!(function = route.binary, %error, "the function failed");
                response::function_error()
            }
        };
        set_request_id(response.headers_mut(), &request_id);
        if let Some(wake) = &self.wake {
            wake.wake();
        }
        response
    }
}

async fn read_body(headers: &HeaderMap, mut body: Incoming) -> Result<Bytes, HttpResponse> {
    let content_length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if content_length.is_some_and(|length: usize| length > MAX_BODY) {
        // With `Expect: 100-continue`, the client has not sent the body yet.
        if !headers.contains_key(EXPECT) {
            discard(body).await;
        }
        return Err(too_large());
    }
    match Limited::new(&mut body, MAX_BODY).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            discard(body).await;
            Err(too_large())
        }
        Err(_) => Err(response::gateway_error(
            StatusCode::BAD_REQUEST,
            "Bad Request",
        )),
    }
}

/// Many clients read the response only after sending the whole body. If the server closed the
/// connection earlier, they would report a broken connection instead of the 413.
async fn discard(mut body: Incoming) {
    let drain = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(GRACE_PERIOD, drain).await;
}

fn too_large() -> HttpResponse {
    response::gateway_error(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// API Gateway adds this header to every response of a function.
fn set_request_id(headers: &mut HeaderMap, request_id: &Value) {
    if let Some(id) = request_id.as_str().and_then(|id| id.parse().ok()) {
        headers.insert("apigw-requestid", id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::on_loopback;
    use crate::template::{Function, RouteDeclaration};
    use lambda_http::{Body, Response};
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    fn routes() -> Routes {
        let function = |binary: &str, path: &str| Function {
            logical_id: binary.into(),
            binary: binary.into(),
            routes: vec![RouteDeclaration::Path {
                method: "ANY".into(),
                path: path.into(),
            }],
            stream: None,
        };
        Routes::new(&[
            function("measure", "/measure"),
            function("panics", "/panics"),
        ])
        .unwrap()
    }

    fn functions() -> Functions {
        let mut functions = Functions::default();
        functions.add("measure", |request| {
            let response = Response::builder()
                .header("content-type", "text/plain")
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2")
                .body(Body::from(format!("{} bytes", request.body().len())));
            Box::pin(async { Ok(response.unwrap()) })
        });
        functions.add("panics", |_| Box::pin(async { panic!("on purpose") }));
        functions
    }

    async fn start() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = on_loopback(0, "--port").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let gateway = Gateway::new(routes(), functions());
        let serving = tokio::spawn(gateway.serve_until(listener, async {
            drop(stopped.await);
        }));
        (address, stop, serving)
    }

    async fn exchange(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        String::from_utf8(response).unwrap().to_ascii_lowercase()
    }

    async fn response_to(request: &str) -> String {
        let (address, _stop, _serving) = start().await;
        exchange(address, request.as_bytes()).await
    }

    fn assert_gateway_error(response: &str, status: u16, message: &str) {
        assert!(
            response.starts_with(&format!("http/1.1 {status} ")),
            "{response}"
        );
        assert!(
            response.contains("content-type: application/json"),
            "{response}"
        );
        let body = format!(r#"{{"message":"{message}"}}"#).to_ascii_lowercase();
        assert!(response.ends_with(&body), "{response}");
    }

    #[tokio::test]
    async fn a_response_of_a_function_gets_a_request_id() {
        let request = "POST /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                       content-length: 3\r\n\r\nabc";
        let response = response_to(request).await;
        assert!(response.starts_with("http/1.1 200 ok\r\n"), "{response}");
        for line in [
            "set-cookie: a=1",
            "set-cookie: b=2",
            "apigw-requestid: ",
            "content-length: 7",
        ] {
            assert!(response.contains(&format!("\r\n{line}")), "{response}");
        }
        assert!(response.ends_with("\r\n\r\n3 bytes"), "{response}");
    }

    #[tokio::test]
    async fn a_response_to_head_has_no_body() {
        let response =
            response_to("HEAD /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(response.starts_with("http/1.1 200 ok\r\n"), "{response}");
        assert!(response.ends_with("\r\n\r\n"), "{response}");
    }

    #[tokio::test]
    async fn an_invalid_or_missing_host_is_accepted() {
        let response =
            response_to("GET /measure HTTP/1.1\r\nhost: a b/c\r\nconnection: close\r\n\r\n").await;
        assert!(response.starts_with("http/1.1 200 ok\r\n"), "{response}");
        let response = response_to("GET /measure HTTP/1.0\r\n\r\n").await;
        assert!(response.starts_with("http/1.0 200 ok\r\n"), "{response}");
    }

    #[tokio::test]
    async fn a_request_without_a_route_gets_an_error_of_the_gateway() {
        let response =
            response_to("GET /other HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert_gateway_error(&response, 404, "Not Found");
        let response =
            response_to("OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert_gateway_error(&response, 400, "Bad Request");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_rejected_with_and_without_expect() {
        let length = 2 * MAX_BODY;
        let head = |expect: &str| {
            format!(
                "POST /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{expect}\
                 content-length: {length}\r\n\r\n"
            )
        };
        let expecting = response_to(&head("expect: 100-continue\r\n")).await;
        assert_gateway_error(&expecting, 413, "Request Entity Too Large");
        let sending = response_to(&(head("") + &"x".repeat(length))).await;
        assert_gateway_error(&sending, 413, "Request Entity Too Large");
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_read_up_to_the_limit() {
        let chunked = |length: usize| {
            let mut request = b"POST /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                                transfer-encoding: chunked\r\n\r\n"
                .to_vec();
            request.extend(format!("{length:x}\r\n").as_bytes());
            request.extend(vec![b'x'; length]);
            request.extend(b"\r\n0\r\n\r\n");
            request
        };
        let (address, _stop, _serving) = start().await;
        let response = exchange(address, &chunked(MAX_BODY)).await;
        assert!(
            response.ends_with(&format!("\r\n\r\n{MAX_BODY} bytes")),
            "{response}"
        );

        let response = exchange(address, &chunked(2 * MAX_BODY)).await;
        assert_gateway_error(&response, 413, "Request Entity Too Large");
    }

    #[tokio::test]
    async fn a_panic_fails_only_its_own_request() {
        let (address, _stop, _serving) = start().await;
        let request = |path: &str| {
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes()
        };
        let response = exchange(address, &request("/panics")).await;
        assert_gateway_error(&response, 500, "Internal Server Error");
        let response = exchange(address, &request("/measure")).await;
        assert!(response.starts_with("http/1.1 200 ok\r\n"), "{response}");
    }

    #[tokio::test]
    async fn shutdown_does_not_wait_for_idle_connections() {
        let (address, stop, serving) = start().await;
        let _unused = TcpStream::connect(address).await.unwrap();
        let mut kept_alive = TcpStream::connect(address).await.unwrap();
        kept_alive
            .write_all(b"HEAD /measure HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut first_byte = [0; 1];
        kept_alive.read_exact(&mut first_byte).await.unwrap();

        #[expect(clippy::disallowed_methods, reason = "measures real time")]
        let began = Instant::now();
        stop.send(()).unwrap();
        serving.await.unwrap();
        assert!(began.elapsed() < GRACE_PERIOD + Duration::from_millis(500));
    }
}
