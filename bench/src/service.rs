//! The whole product in this process, as `cargo dev -- --memory` runs it.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use dynoxide::{AttributeValue, Database, ImportOptions, Item};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use local::{app, database, functions::Functions, gateway, routes::Routes, template::Template};
use serde_json::{Value, json};
use shared::Settings;
use tokio::net::TcpListener;

use crate::{
    environment::{Environment, TABLE},
    store_proxy::StoreProxy,
};

pub const PASSWORD: &str = "correct horse battery";
/// The embedded store keeps an import in memory until it has written all of it.
const ITEMS_PER_IMPORT: usize = 20_000;

/// Somebody with an account and a session.
#[derive(Clone)]
pub struct User {
    pub email: String,
    pub id: String,
    pub token: String,
}

/// A GET, or a POST where there is a body.
pub struct Request {
    pub path: String,
    pub token: Option<String>,
    pub body: Option<Value>,
}

pub struct Response {
    pub body: Value,
    pub time: Duration,
}

#[derive(Clone)]
pub struct Service {
    gateway: SocketAddr,
    pub store: SocketAddr,
    database: Database,
    client: Client<HttpConnector, Full<Bytes>>,
    settings: Vec<(&'static str, &'static str)>,
}

impl Request {
    pub fn post(path: &str, body: Value) -> Self {
        Self {
            path: path.to_owned(),
            token: None,
            body: Some(body),
        }
    }

    pub fn get(path: &str, token: &str) -> Self {
        Self {
            path: path.to_owned(),
            token: Some(token.to_owned()),
            body: None,
        }
    }

    pub fn login(email: &str, password: &str) -> Self {
        let body = json!({"email": email, "password": password});
        Self::post("/api/auth/login", body)
    }
}

impl Service {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With settings on top of those of a deployed function.
    pub async fn with(settings: &[(&'static str, &'static str)]) -> Self {
        let settings = settings.to_vec();
        let template = Template::read().unwrap();
        let database = database::open_memory(&template.table.without_stream(), TABLE).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let store = listener.local_addr().unwrap();
        tokio::spawn(database::serve(listener, database.clone()));
        Self {
            gateway: open_gateway(store, &settings).await,
            store,
            database,
            client: Client::builder(TokioExecutor::new()).build_http(),
            settings,
        }
    }

    /// The product once more, on the same data. Its requests to the store go through `proxy`.
    pub async fn behind(&self, proxy: &StoreProxy) -> Self {
        Self {
            gateway: open_gateway(proxy.address, &self.settings).await,
            ..self.clone()
        }
    }

    /// All items of the table, which must be small.
    pub fn items(&self) -> Vec<Item> {
        let scan = serde_json::from_value(json!({"TableName": TABLE}));
        let found = self.database.scan(scan.unwrap()).unwrap();
        assert!(found.last_evaluated_key.is_none(), "the table is too large");
        found.items.unwrap()
    }

    /// Writes items without the product and without HTTP. Items with the same keys are replaced.
    pub fn import(&self, items: impl IntoIterator<Item = Item>) {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let batch = items.by_ref().take(ITEMS_PER_IMPORT).collect();
            let options = ImportOptions::default();
            self.database.import_items(TABLE, batch, options).unwrap();
        }
    }

    /// Replaces the attribute in every item that has it and contains `text`.
    pub fn set(&self, text: &str, attribute: &str, value: &AttributeValue) {
        let mut items = self.items();
        items.retain(|item| {
            let json = serde_json::to_string(item).unwrap();
            item.contains_key(attribute) && json.contains(text)
        });
        assert!(!items.is_empty(), "no item has {attribute} and {text}");
        for item in &mut items {
            item.insert(attribute.to_owned(), value.clone());
        }
        self.import(items);
    }

    pub async fn sign_up(&self, email: &str) -> User {
        let request = Request {
            path: "/api/auth/signup".to_owned(),
            ..Request::login(email, PASSWORD)
        };
        let body = self.send(&request, 201).await.body;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        User {
            email: email.to_owned(),
            id: text(&body["user"]["id"]),
            token: text(&body["session"]["token"]),
        }
    }

    /// Returns the task as the product answers with it.
    pub async fn create_task(&self, user: &User, body: Value) -> Value {
        let request = Request {
            path: format!("/api/{}/tasks", user.id),
            token: Some(user.token.clone()),
            body: Some(body),
        };
        self.send(&request, 201).await.body
    }

    /// The response must have `status`.
    pub async fn send(&self, request: &Request, status: u16) -> Response {
        let (method, body) = match &request.body {
            None => ("GET", String::new()),
            Some(body) => ("POST", body.to_string()),
        };
        let mut message = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{}", self.gateway, request.path))
            .header("content-type", "application/json");
        if let Some(token) = &request.token {
            message = message.header("authorization", format!("Bearer {token}"));
        }
        let message = message.body(Full::new(Bytes::from(body))).unwrap();
        let sent = Instant::now();
        let response = self.client.request(message).await.unwrap();
        let found = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let time = sent.elapsed();
        let body = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(found, status, "{}: {body}", request.path);
        Response { body, time }
    }
}

async fn open_gateway(store: SocketAddr, settings: &[(&'static str, &'static str)]) -> SocketAddr {
    let environment = Environment::for_function(&format!("http://{store}"));
    let environment = settings
        .iter()
        .fold(environment, |all, (name, value)| all.with(name, *value));
    let settings = Settings::read(|name| environment.0.get(name).cloned()).unwrap();
    let app = app::app(settings, store);
    let functions = Functions::new(|_| Arc::clone(&app));
    let routes = Routes::new(&Template::read().unwrap().functions).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(gateway::serve(listener, routes, functions));
    address
}
