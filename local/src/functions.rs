//! The functions themselves, called as the Lambda runtime would call them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use lambda_http::http::Response;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, BoxFuture, Context, LambdaEvent, Request, Service, service_fn};
use serde_json::Value;
use shared::{
    App, Clock,
    http::{Router, service},
};
use uuid::Uuid;

/// The longest that `template.yaml` lets any function run.
pub const TIME_LIMIT_MILLIS: i64 = 10_000;

type Handler =
    Arc<dyn Fn(Request) -> BoxFuture<'static, Result<Response<Body>, Infallible>> + Send + Sync>;

/// Every function by the name of its binary.
#[derive(Clone, Default)]
pub struct Functions(BTreeMap<&'static str, Handler>);

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Functions {
    /// `app_of` gives each function, by the name of its binary, the application it runs with.
    #[must_use]
    pub fn new(app_of: impl Fn(&str) -> Arc<App>) -> Self {
        let mut functions = Self::default();
        let mut add = |binary, router: Router| {
            functions.add(binary, service(router, app_of(binary)));
        };
        add("signup", signup::router());
        add("login", login::router());
        add("logout", logout::router());
        add("refresh", refresh::router());
        add("me", me::router());
        add("password", password::router());
        add("tasks", tasks::router());
        functions
    }

    pub fn add<S>(&mut self, binary: &'static str, service: S)
    where
        S: Fn(Request) -> BoxFuture<'static, Result<Response<Body>, Infallible>>
            + Send
            + Sync
            + 'static,
    {
        self.0.insert(binary, Arc::new(service));
    }

    #[must_use]
    pub fn has(&self, binary: &str) -> bool {
        self.0.contains_key(binary)
    }

    /// Runs a function on one event. It goes on to its end even when the caller no longer waits,
    /// as a function does whose client has hung up.
    ///
    /// # Errors
    /// When the function cannot be run or falls over: what Lambda would report instead of an
    /// answer.
    pub async fn invoke(&self, binary: &str, event: Value) -> Result<Value, Failure> {
        let handler = self.0.get(binary).ok_or(Failure::UnknownFunction)?;
        let running = tokio::spawn(run(Arc::clone(handler), event));
        // A panic ends the task it happens in, and nothing else.
        running.await.unwrap_or(Err(Failure::Panic))
    }
}

async fn run(handler: Handler, event: Value) -> Result<Value, Failure> {
    let request: LambdaRequest = serde_json::from_value(event).map_err(|_| Failure::BadEvent)?;
    let mut adapter = Adapter::from(service_fn(move |request| handler(request)));
    let answered = adapter.call(LambdaEvent::new(request, context())).await;
    let answer = match answered {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    serde_json::to_value(answer).map_err(|_| Failure::BadAnswer)
}

fn context() -> Context {
    let deadline = Clock::system().now().millis() + TIME_LIMIT_MILLIS;
    let mut context = Context::default();
    context.request_id = Uuid::new_v4().to_string();
    context.deadline = u64::try_from(deadline).unwrap_or_default();
    context
}

/// Without the details: they may quote headers, and with them credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    UnknownFunction,
    BadEvent,
    Panic,
    BadAnswer,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownFunction => "there is no function of this name",
            Self::BadEvent => "the event is none of an HTTP API, payload 2.0",
            Self::Panic => "the function panicked outside its own safeguard",
            Self::BadAnswer => "the answer cannot be written as JSON",
        })
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Connection, from_request};
    use crate::routes::MatchedRoute;
    use lambda_http::RequestExt;
    use serde_json::json;

    fn functions() -> Functions {
        let mut functions = Functions::default();
        functions.add("echo", |request| {
            let left = request.lambda_context().deadline;
            let echo = json!({
                "uri": request.uri().to_string(),
                "path": request.raw_http_path(),
                "deadline": left,
            });
            let response = Response::builder()
                .status(418)
                .header("set-cookie", "a=1")
                .body(echo.to_string().into());
            Box::pin(async { Ok(response.unwrap()) })
        });
        functions.add("panics", |_| Box::pin(async { panic!("on purpose") }));
        functions.add("mumbles", |_| {
            let value = http::HeaderValue::from_bytes(b"\xFF").unwrap();
            let response = Response::builder().header("x", value).body(Body::Empty);
            Box::pin(async { Ok(response.unwrap()) })
        });
        functions
    }

    fn event(build: http::request::Builder) -> Value {
        let (parts, ()) = build.body(()).unwrap().into_parts();
        let address = "127.0.0.1:9000".parse().unwrap();
        let destination = MatchedRoute {
            binary: "echo".into(),
            route_key: "$default".into(),
            path_parameters: BTreeMap::new(),
        };
        from_request(
            &parts,
            b"",
            Connection {
                peer: address,
                local: address,
            },
            &destination,
        )
    }

    fn get(uri: &str) -> http::request::Builder {
        http::Request::builder().uri(uri)
    }

    #[tokio::test]
    async fn a_function_answers_through_lambdas_own_formats() {
        let answer = functions()
            .invoke("echo", event(get("/a%20b?c=%C3%A9")))
            .await
            .unwrap();
        assert_eq!(answer["statusCode"], 418);
        assert_eq!(answer["cookies"], json!(["a=1"]));
        let echo: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(echo["uri"], "http://127.0.0.1:9000/a%20b?c=%C3%A9");
        assert_eq!(echo["path"], "/a b");
        assert!(echo["deadline"].as_u64().unwrap() > 1_700_000_000_000);
    }

    #[tokio::test]
    async fn a_failure_is_told_apart_and_the_next_call_is_served() {
        let functions = functions();
        for (binary, failure) in [
            ("panics", Failure::Panic),
            ("mumbles", Failure::BadAnswer),
            ("none", Failure::UnknownFunction),
        ] {
            assert_eq!(
                functions.invoke(binary, event(get("/"))).await,
                Err(failure)
            );
        }
        assert_eq!(
            functions.invoke("echo", json!({"no": "event"})).await,
            Err(Failure::BadEvent)
        );
        assert!(functions.invoke("echo", event(get("/"))).await.is_ok());
    }

    #[tokio::test]
    async fn no_path_query_or_header_that_http_lets_through_makes_the_adapter_panic() {
        let functions = functions();
        let mut tried = 0;
        for byte in 0..=u8::MAX {
            let mut targets = vec![
                format!("/x%{byte:02X}y?q=%{byte:02X}"),
                format!("/%{byte:02X}"),
            ];
            if let Ok(raw) = std::str::from_utf8(&[byte]) {
                targets.push(format!("/x{raw}y?q={raw}z"));
                targets.push(format!("/{raw}{raw}"));
                targets.push(format!("//{raw}:80"));
            }
            for target in targets {
                let Ok(uri) = target.parse::<http::Uri>() else {
                    continue;
                };
                if !uri.path().starts_with('/') {
                    continue;
                }
                let mut build = http::Request::builder().uri(uri).header("cookie", "a=é");
                if let Ok(value) = http::HeaderValue::from_bytes(&[b'h', byte, b'h']) {
                    build = build
                        .header("host", &value)
                        .header("cookie", &value)
                        .header("user-agent", &value)
                        .header("x-forwarded-proto", &value)
                        .header("x-forwarded-for", &value);
                }
                let answer = functions.invoke("echo", event(build)).await;
                assert!(answer.is_ok(), "{target:?}: {answer:?}");
                tried += 1;
            }
        }
        assert!(tried > 700, "only {tried} targets were tried");
    }
}
