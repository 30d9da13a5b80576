//! An SES that takes every mail, or answers as a test plans.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use local::listen;
use serde_json::{Value, json};

use super::secrets;

#[derive(Clone, Debug)]
pub struct FakeSes {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    planned: VecDeque<SesAnswer>,
    requests: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SesAnswer {
    Taken,
    Refused {
        status: u16,
        code: &'static str,
        message: &'static str,
    },
    /// The connection stays open.
    None,
}

impl FakeSes {
    pub async fn start() -> Self {
        let listener = listen::on_loopback(0, "--port").await.unwrap();
        let ses = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let accepting = ses.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let ses = accepting.clone();
                tokio::spawn(async move {
                    let answer = service_fn(|request| ses.answer(request));
                    let connection =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                    // A client that gives up is no failure of the test.
                    let _closed = connection.await;
                });
            }
        });
        ses
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The answers to the next requests. All after them are taken.
    pub fn plan(&self, answers: &[SesAnswer]) {
        self.state.lock().unwrap().planned = answers.iter().copied().collect();
    }

    /// Every request since the last call of this.
    pub fn take_requests(&self) -> Vec<Value> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri().path(), "/v2/email/outbound-emails");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        register(&body);
        let (planned, number) = {
            let mut state = self.state.lock().unwrap();
            state.requests.push(body);
            (state.planned.pop_front(), state.requests.len())
        };
        let (status, code, body) = match planned.unwrap_or(SesAnswer::Taken) {
            SesAnswer::Taken => (200, None, json!({"MessageId": format!("message-{number}")})),
            SesAnswer::Refused {
                status,
                code,
                message,
            } => (status, Some(code), json!({"message": message})),
            SesAnswer::None => return future::pending().await,
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", "application/json");
        if let Some(code) = code {
            response = response.header("x-amzn-errortype", code);
        }
        Ok(response.body(Full::from(body.to_string())).unwrap())
    }
}

/// No log line may hold any of this.
fn register(body: &Value) {
    let simple = &body["Content"]["Simple"];
    secrets::register(simple["Subject"]["Data"].as_str().unwrap());
    for to in body["Destination"]["ToAddresses"].as_array().unwrap() {
        secrets::register(to.as_str().unwrap());
    }
    let text = simple["Body"]["Text"]["Data"].as_str().unwrap();
    for link in text.lines().filter(|line| line.contains("token=")) {
        let token = link.split(['=', '&']).nth(1).unwrap();
        secrets::register(token);
    }
}
