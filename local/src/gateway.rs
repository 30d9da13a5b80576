//! The HTTP server that stands where API Gateway stands when deployed.
//!
//! On hyper itself: one catch-all service needs no router, and what a framework would add is
//! what this must not have (its own body limit, error pages and header rules).

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

use crate::answer::{self, Answer};
use crate::event::{self, Connection};
use crate::functions::Functions;
use crate::routes::Routes;

const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// For answers under way at the end, and for bodies nobody wants: neither may hold things up.
const PATIENCE: Duration = Duration::from_secs(2);

struct Gateway {
    routes: Routes,
    functions: Functions,
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, routes: Routes, functions: Functions) {
    serve_until(listener, routes, functions, pending()).await;
}

/// Serves until `stop` is ready, then gives answers under way a moment to leave.
pub async fn serve_until(
    listener: TcpListener,
    routes: Routes,
    functions: Functions,
    stop: impl Future<Output = ()>,
) {
    let gateway = Arc::new(Gateway { routes, functions });
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => attend(&gateway, &open, stream, peer),
                // Most likely too many open files: some will be closed soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    // Too late or not, whoever still holds a connection has had their moment.
    let _ = tokio::time::timeout(PATIENCE, open.shutdown()).await;
}

fn attend(gateway: &Arc<Gateway>, open: &GracefulShutdown, stream: TcpStream, peer: SocketAddr) {
    // It fails when the peer is already gone again.
    let Ok(local) = stream.local_addr() else {
        return;
    };
    let gateway = Arc::clone(gateway);
    let service = service_fn(move |request| {
        let gateway = Arc::clone(&gateway);
        async move { Ok::<_, Infallible>(gateway.answer(request, Connection { peer, local }).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    // A client that breaks off is not the server's trouble.
    tokio::spawn(async move { drop(connection.await) });
}

impl Gateway {
    async fn answer(&self, request: Request<Incoming>, connection: Connection) -> Answer {
        let (head, body) = request.into_parts();
        // `OPTIONS *` and `CONNECT host:port` name no path that could be routed.
        if !head.uri.path().starts_with('/') {
            return answer::of_gateway(StatusCode::BAD_REQUEST, "Bad Request");
        }
        let body = match read(&head.headers, body).await {
            Ok(body) => body,
            Err(refused) => return refused,
        };
        let Some(destination) = self.routes.find(&head.method, head.uri.path()) else {
            return answer::of_gateway(StatusCode::NOT_FOUND, "Not Found");
        };
        let event = event::from_request(&head, &body, connection, &destination);
        let request_id = event["requestContext"]["requestId"].clone();
        let mut answer = match self.functions.invoke(&destination.binary, event).await {
            Ok(value) => answer::from_function(value),
            Err(failure) => {
                tracing::error!(function = destination.binary, %failure, "a function fell over");
                answer::broken_function()
            }
        };
        sign(answer.headers_mut(), &request_id);
        answer
    }
}

async fn read(headers: &HeaderMap, mut body: Incoming) -> Result<Bytes, Answer> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LARGEST_BODY) {
        // A client that asks first need not send anything.
        if !headers.contains_key(EXPECT) {
            discard(body).await;
        }
        return Err(too_large());
    }
    match Limited::new(&mut body, LARGEST_BODY).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            discard(body).await;
            Err(too_large())
        }
        Err(_) => Err(answer::of_gateway(StatusCode::BAD_REQUEST, "Bad Request")),
    }
}

/// Many a client reads no answer before it has sent all, and sees a broken connection if it cannot.
async fn discard(mut body: Incoming) {
    let to_its_end = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(PATIENCE, to_its_end).await;
}

fn too_large() -> Answer {
    answer::of_gateway(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// The gateway names the request in every answer that a function gave.
fn sign(headers: &mut HeaderMap, request_id: &Value) {
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

    async fn started() -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = on_loopback(0, "--port").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve_until(listener, routes(), functions(), async {
            drop(stopped.await);
        }));
        (address, stop, serving)
    }

    async fn exchange(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap().to_ascii_lowercase()
    }

    async fn said(request: &str) -> String {
        let (address, _stop, _serving) = started().await;
        exchange(address, request.as_bytes()).await
    }

    fn assert_is_gateways_own(answer: &str, status: u16, message: &str) {
        assert!(
            answer.starts_with(&format!("http/1.1 {status} ")),
            "{answer}"
        );
        assert!(
            answer.contains("content-type: application/json"),
            "{answer}"
        );
        let body = format!(r#"{{"message":"{message}"}}"#).to_ascii_lowercase();
        assert!(answer.ends_with(&body), "{answer}");
    }

    #[tokio::test]
    async fn a_function_answers_and_the_gateway_signs() {
        let request = "POST /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                       content-length: 3\r\n\r\nabc";
        let answer = said(request).await;
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        for line in [
            "set-cookie: a=1",
            "set-cookie: b=2",
            "apigw-requestid: ",
            "content-length: 7",
        ] {
            assert!(answer.contains(&format!("\r\n{line}")), "{answer}");
        }
        assert!(answer.ends_with("\r\n\r\n3 bytes"), "{answer}");
    }

    #[tokio::test]
    async fn head_is_answered_without_a_body() {
        let answer = said("HEAD /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }

    #[tokio::test]
    async fn a_host_of_nonsense_or_none_at_all_is_no_trouble() {
        let answer =
            said("GET /measure HTTP/1.1\r\nhost: a b/c\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        let answer = said("GET /measure HTTP/1.0\r\n\r\n").await;
        assert!(answer.starts_with("http/1.0 200 ok\r\n"), "{answer}");
    }

    #[tokio::test]
    async fn what_no_route_takes_is_the_gateways_to_answer() {
        let answer = said("GET /other HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert_is_gateways_own(&answer, 404, "Not Found");
        let answer = said("OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert_is_gateways_own(&answer, 400, "Bad Request");
    }

    #[tokio::test]
    async fn a_body_beyond_the_limit_is_refused_whether_it_is_sent_or_asked_about() {
        let length = 2 * LARGEST_BODY;
        let head = |expect: &str| {
            format!(
                "POST /measure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{expect}\
                 content-length: {length}\r\n\r\n"
            )
        };
        let asked = said(&head("expect: 100-continue\r\n")).await;
        assert_is_gateways_own(&asked, 413, "Request Entity Too Large");
        let sent = said(&(head("") + &"x".repeat(length))).await;
        assert_is_gateways_own(&sent, 413, "Request Entity Too Large");
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
        let (address, _stop, _serving) = started().await;
        let answer = exchange(address, &chunked(LARGEST_BODY)).await;
        assert!(
            answer.ends_with(&format!("\r\n\r\n{LARGEST_BODY} bytes")),
            "{answer}"
        );

        let answer = exchange(address, &chunked(2 * LARGEST_BODY)).await;
        assert_is_gateways_own(&answer, 413, "Request Entity Too Large");
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_no_more() {
        let (address, _stop, _serving) = started().await;
        let request = |path: &str| {
            format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes()
        };
        let answer = exchange(address, &request("/panics")).await;
        assert_is_gateways_own(&answer, 500, "Internal Server Error");
        let answer = exchange(address, &request("/measure")).await;
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
    }

    #[tokio::test]
    async fn the_end_does_not_wait_for_idle_connections() {
        let (address, stop, serving) = started().await;
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut kept_alive = TcpStream::connect(address).await.unwrap();
        kept_alive
            .write_all(b"HEAD /measure HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut some = [0; 1];
        kept_alive.read_exact(&mut some).await.unwrap();

        #[expect(clippy::disallowed_methods, reason = "measures real time")]
        let asked = Instant::now();
        stop.send(()).unwrap();
        serving.await.unwrap();
        assert!(asked.elapsed() < PATIENCE + Duration::from_millis(500));
    }
}
