//! The whole product in this process, as `cargo dev -- --memory` has it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::{Database, ImportOptions, Item};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use local::{
    app, database, functions::Functions, gateway, listen, routes::Routes, template::Template,
};
use serde_json::{Value, json};
use shared::Settings;

use crate::{StoreDoor, runtime_api::now};

/// The store holds what it is given in memory until all of it is written.
const IMPORTED_AT_ONCE: usize = 20_000;

pub const PASSWORD: &str = "correct horse battery";
pub const SECRET: &str = "the secret that measurements sign with";
pub const TABLE: &str = "latchkey";
/// The limits that a measurement would run into.
pub const UNLIMITED: [&str; 4] = [
    "LOGIN_FREE_FAILURES",
    "LOGIN_PER_ADDRESS_PER_MINUTE",
    "REFRESH_PER_SESSION_PER_MINUTE",
    "SIGNUP_PER_ADDRESS_PER_HOUR",
];

/// Somebody with an account and a session.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    pub id: String,
    pub token: String,
}

pub struct Service {
    gateway: SocketAddr,
    pub database: SocketAddr,
    data: Database,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Service {
    pub async fn start() -> Self {
        let template = Template::read().unwrap();
        let data = database::open_memory(&template.table, TABLE).unwrap();
        let listener = listen::on_loopback(0, "--database-port").await.unwrap();
        let database = listener.local_addr().unwrap();
        tokio::spawn(database::serve(listener, data.clone()));
        Self {
            gateway: open_gateway(&template, database).await,
            database,
            data,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// The product once more, on the same data: what this one asks of the store passes the door.
    pub async fn behind(&self, door: &StoreDoor) -> Self {
        Self {
            gateway: open_gateway(&Template::read().unwrap(), door.socket).await,
            database: self.database,
            data: self.data.clone(),
            client: self.client.clone(),
        }
    }

    /// All that is in the table, while that is little.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        let request = json!({"TableName": TABLE});
        let found = self.data.scan(serde_json::from_value(request).unwrap());
        let found = found.unwrap();
        assert!(found.last_evaluated_key.is_none(), "the table is too large");
        found.items.unwrap()
    }

    /// Past the product and past HTTP, for as many as would take hours to write by calls.
    pub fn import(&self, items: impl IntoIterator<Item = Item>) {
        let mut items = items.into_iter();
        loop {
            let batch: Vec<Item> = items.by_ref().take(IMPORTED_AT_ONCE).collect();
            if batch.is_empty() {
                return;
            }
            let options = ImportOptions::default();
            self.data.import_items(TABLE, batch, options).unwrap();
        }
    }

    pub async fn sign_up(&self, email: &str) -> Person {
        let body = json!({"email": email, "password": PASSWORD});
        let (status, answer, _) = self.post("/api/auth/signup", &body).await;
        assert_eq!(status, 201, "{answer}");
        let text = |pointer: &str| {
            answer
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        Person {
            email: email.to_owned(),
            id: text("/user/id"),
            token: text("/session/token"),
        }
    }

    pub async fn add_tasks(&self, person: &Person, count: usize) {
        for number in 0..count {
            let body = json!({
                "title": format!("Program number {number}"),
                "due_date": "2026-12-10",
                "tags": ["engine"],
            });
            self.add_task(person, &body).await;
        }
    }

    /// The task as the product answers with it.
    pub async fn add_task(&self, person: &Person, body: &Value) -> Value {
        let path = format!("/api/{}/tasks", person.id);
        let call = self.call(Method::POST, &person.token, &path, body.to_string());
        let (status, answer, _) = call.await;
        assert_eq!(status, 201, "{answer}");
        answer
    }

    /// Status, body, and how long it took.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value, Duration) {
        self.call(Method::POST, "", path, body.to_string()).await
    }

    /// The same of a call that asks for something.
    pub async fn get(&self, token: &str, path: &str) -> (u16, Value, Duration) {
        self.call(Method::GET, token, path, String::new()).await
    }

    async fn call(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: String,
    ) -> (u16, Value, Duration) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.gateway))
            .header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let began = now();
        let response = self.client.request(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let took = began.elapsed();
        (status, serde_json::from_slice(&body).unwrap(), took)
    }

    /// As an operator does it.
    pub async fn suspend(&self, user_id: &str) {
        self.set(
            (&format!("USER#{user_id}"), "ACCOUNT"),
            "is_active",
            AttributeValue::Bool(false),
        )
        .await;
    }

    /// Whoever has failed before is locked for long.
    pub async fn lock_whoever_failed(&self) {
        let found = database::client(self.database)
            .scan()
            .table_name(TABLE)
            .send()
            .await
            .unwrap();
        for item in found.items() {
            let pk = item["pk"].as_s().unwrap();
            if pk.starts_with("LIMIT#LOGIN_FAILURES#") {
                let many = AttributeValue::N("9999999".to_owned());
                self.set((pk, "LIMIT"), "failures", many).await;
            }
        }
    }

    async fn set(&self, (pk, sk): (&str, &str), attribute: &str, value: AttributeValue) {
        database::client(self.database)
            .update_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .key("sk", AttributeValue::S(sk.to_owned()))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", attribute)
            .expression_attribute_values(":value", value)
            .send()
            .await
            .unwrap();
    }
}

async fn open_gateway(template: &Template, store: SocketAddr) -> SocketAddr {
    let settings = Settings::read(|name| match name {
        "BETTER_AUTH_SECRET" => Some(SECRET.to_owned()),
        _ if UNLIMITED.contains(&name) => Some("1000000".to_owned()),
        _ => None,
    });
    let app = app::app(settings.unwrap(), store);
    let functions = Functions::new(|_| Arc::clone(&app));
    let listener = listen::on_loopback(0, "--port").await.unwrap();
    let gateway = listener.local_addr().unwrap();
    let routes = Routes::new(&template.functions).unwrap();
    tokio::spawn(gateway::serve(listener, routes, functions));
    gateway
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}
