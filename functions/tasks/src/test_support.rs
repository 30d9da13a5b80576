//! For tests: sends a request through the middleware to a handler, as the gateway would.

use std::{collections::HashMap, sync::Arc};

use lambda_http::{RequestExt, http};
use serde_json::Value;
use shared::{
    App, Clock, Entropy, Settings,
    http::{Body, Handler, Method, Router, service},
    native::NATIVE,
    store::{Connection, Store},
};

const PATH: &str = "/test";

#[derive(Debug, Default)]
pub(crate) struct TestRequest<'a> {
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) query: Vec<(&'a str, &'a str)>,
    pub(crate) body: String,
}

impl TestRequest<'_> {
    /// Status and body of the response. The handler must not use the store.
    pub(crate) fn send(&self, handler: Handler) -> (u16, Value) {
        let mut request = http::Request::post(PATH).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let mut query: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in &self.query {
            query
                .entry((*name).to_owned())
                .or_default()
                .push((*value).to_owned());
        }
        let request = request.body(Body::Text(self.body.clone())).unwrap();
        let request = request
            .with_raw_http_path(PATH)
            .with_query_string_parameters(query);
        let router = Router::new(NATIVE).path(PATH, &[(Method::POST, handler)]);
        let service = service(router, app());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let response = runtime.block_on(service(request)).unwrap();
        let Body::Text(text) = response.body() else {
            panic!("no body");
        };
        (
            response.status().as_u16(),
            serde_json::from_str(text).unwrap(),
        )
    }
}

fn app() -> Arc<App> {
    let settings = Settings::read(|name| {
        (name == "BETTER_AUTH_SECRET").then(|| "a secret that only tests sign with".to_owned())
    });
    let closed_port = Connection::to_local("http://127.0.0.1:9");
    let store = Store::new(&closed_port, "no-table", Entropy::system());
    Arc::new(App::new(
        settings.unwrap(),
        store,
        Clock::system(),
        Entropy::system(),
    ))
}
