//! Calls the functions as the Lambda runtime does.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use lambda_http::http::Response;
use lambda_http::{Body, BoxFuture, Context, LambdaEvent, Request};
use mailer::{Mailer, Ses};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::{
    App, Clock,
    http::{Router, answer_events, service},
};
use uuid::Uuid;

/// The largest `Timeout` of a function with routes in `template.yaml`.
pub const TIME_LIMIT_MILLIS: i64 = 6_000;

type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, InvokeError>> + Send + Sync>;

/// The functions, by the name of their binary.
#[derive(Clone, Default)]
pub struct Functions(BTreeMap<&'static str, Handler>);

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Functions {
    /// `app_of` returns the `App` of a function, given the name of its binary.
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
        add("sessions", sessions::router());
        add("password", password::router());
        add("email", email::router());
        add("tasks", tasks::router());
        functions.add_events("sweeper", sweeper::handler(app_of("sweeper")));
        functions
    }

    /// Adds the mailer, which sends to the mailbox at `endpoint`.
    pub fn add_mailer(&mut self, app: Arc<App>, endpoint: &str) {
        let ses = Ses::to_local(endpoint);
        self.add_events("mailer", mailer::handler(Arc::new(Mailer { app, ses })));
    }

    pub fn add<S>(&mut self, binary: &'static str, service: S)
    where
        S: Fn(Request) -> BoxFuture<'static, Result<Response<Body>, Infallible>>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        self.add_events(binary, answer_events(service));
    }

    /// Adds a function by what it does with the events that Lambda brings it.
    pub fn add_events<E, R, F>(&mut self, binary: &'static str, function: F)
    where
        E: DeserializeOwned + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(LambdaEvent<E>) -> BoxFuture<'static, Result<R, Infallible>>
            + Clone
            + Send
            + Sync
            + 'static,
    {
        let handler = move |event| -> BoxFuture<'static, _> {
            let function = function.clone();
            Box::pin(async move {
                let event = serde_json::from_value(event).map_err(|_| InvokeError::InvalidEvent)?;
                let Ok(response) = function(LambdaEvent::new(event, context())).await;
                serde_json::to_value(response).map_err(|_| InvokeError::InvalidResponse)
            })
        };
        self.0.insert(binary, Arc::new(handler));
    }

    #[must_use]
    pub fn has(&self, binary: &str) -> bool {
        self.0.contains_key(binary)
    }

    /// Runs a function on one event. The function runs to its end even if the client disconnects,
    /// as in Lambda.
    ///
    /// # Errors
    /// When the function cannot be run or panics. Lambda would report a function error.
    pub async fn invoke(&self, binary: &str, event: Value) -> Result<Value, InvokeError> {
        let handler = self.0.get(binary).ok_or(InvokeError::UnknownFunction)?;
        let task = tokio::spawn(handler(event));
        // A panic ends only the task of this call.
        task.await.unwrap_or(Err(InvokeError::Panic))
    }
}

fn context() -> Context {
    let deadline = Clock::system().now().millis() + TIME_LIMIT_MILLIS;
    let mut context = Context::default();
    context.request_id = Uuid::new_v4().to_string();
    context.deadline = u64::try_from(deadline).unwrap_or_default();
    context
}

/// Carries no details, because they may contain headers with credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvokeError {
    UnknownFunction,
    InvalidEvent,
    Panic,
    InvalidResponse,
}

impl fmt::Display for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownFunction => "no function has this name",
            Self::InvalidEvent => "the event is no JSON",
            Self::Panic => "the function panicked outside the panic handler of its middleware",
            Self::InvalidResponse => "the response cannot be serialized as JSON",
        })
    }
}

impl std::error::Error for InvokeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ConnectionInfo, from_request};
    use crate::routes::MatchedRoute;
    use lambda_http::RequestExt;
    use serde_json::json;

    fn functions() -> Functions {
        let mut functions = Functions::default();
        functions.add("echo", |request| {
            let deadline = request.lambda_context().deadline;
            let echo = json!({
                "query": request.query_string_parameters().first("c"),
                "path": request.raw_http_path(),
                "deadline": deadline,
            });
            let response = Response::builder()
                .status(418)
                .header("set-cookie", "a=1")
                .body(echo.to_string().into());
            Box::pin(async { Ok(response.unwrap()) })
        });
        functions.add("panics", |_| Box::pin(async { panic!("on purpose") }));
        functions.add("invalid-response", |_| {
            let value = http::HeaderValue::from_bytes(b"\xFF").unwrap();
            let response = Response::builder().header("x", value).body(Body::Empty);
            Box::pin(async { Ok(response.unwrap()) })
        });
        functions
    }

    fn event(build: http::request::Builder) -> Value {
        let (parts, ()) = build.body(()).unwrap().into_parts();
        let address = "127.0.0.1:9000".parse().unwrap();
        let route = MatchedRoute {
            binary: "echo".into(),
            route_key: "$default".into(),
            path_parameters: BTreeMap::new(),
        };
        from_request(
            &parts,
            b"",
            ConnectionInfo {
                peer: address,
                local: address,
            },
            &route,
        )
    }

    fn get(uri: &str) -> http::request::Builder {
        http::Request::builder().uri(uri)
    }

    #[tokio::test]
    async fn a_call_uses_the_request_and_response_formats_of_lambda() {
        let response = functions()
            .invoke("echo", event(get("/a%20b?c=%C3%A9")))
            .await
            .unwrap();
        assert_eq!(response["statusCode"], 418);
        assert_eq!(response["cookies"], json!(["a=1"]));
        let echo: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
        assert_eq!(echo["query"], "\u{e9}");
        assert_eq!(echo["path"], "/a b");
        assert!(echo["deadline"].as_u64().unwrap() > 1_700_000_000_000);
    }

    #[tokio::test]
    async fn each_failure_has_its_own_error_and_the_next_call_succeeds() {
        let functions = functions();
        for (binary, error) in [
            ("panics", InvokeError::Panic),
            ("invalid-response", InvokeError::InvalidResponse),
            ("unknown", InvokeError::UnknownFunction),
        ] {
            assert_eq!(functions.invoke(binary, event(get("/"))).await, Err(error));
        }
        assert!(functions.invoke("echo", event(get("/"))).await.is_ok());
    }

    #[tokio::test]
    async fn no_valid_path_query_or_header_makes_a_function_panic() {
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
                let response = functions.invoke("echo", event(build)).await;
                assert!(response.is_ok(), "{target:?}: {response:?}");
                tried += 1;
            }
        }
        assert!(tried > 700, "only {tried} targets were tried");
    }
}
