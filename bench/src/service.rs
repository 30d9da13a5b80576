//! The whole product in this process, as `cargo dev -- --memory` has it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use local::{app, database, functions::Functions, gateway, listen, routes::Routes};
use serde_json::{Value, json};
use shared::Settings;

use crate::runtime_api::now;

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
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Service {
    pub async fn start() -> Self {
        let template = local::template::Template::read().unwrap();
        let data = database::open_memory(&template.table, TABLE).unwrap();
        let listener = listen::on_loopback(0, "--database-port").await.unwrap();
        let database = listener.local_addr().unwrap();
        tokio::spawn(database::serve(listener, data));

        let settings = Settings::read(|name| match name {
            "BETTER_AUTH_SECRET" => Some(SECRET.to_owned()),
            _ if UNLIMITED.contains(&name) => Some("1000000".to_owned()),
            _ => None,
        });
        let app = app::app(settings.unwrap(), database);
        let functions = Functions::new(|_| Arc::clone(&app));
        let listener = listen::on_loopback(0, "--port").await.unwrap();
        let gateway = listener.local_addr().unwrap();
        tokio::spawn(gateway::serve(listener, Routes::new(&template), functions));
        Self {
            gateway,
            database,
            client: Client::builder(TokioExecutor::new()).build_http(),
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
        let path = format!("/api/{}/tasks", person.id);
        for number in 0..count {
            let body = json!({
                "title": format!("Program number {number}"),
                "due_date": "2026-12-10",
                "tags": ["engine"],
            });
            let (status, answer, _) = self.post_as(&person.token, &path, &body).await;
            assert_eq!(status, 201, "{answer}");
        }
    }

    /// Status, body, and how long it took.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value, Duration) {
        self.post_as("", path, body).await
    }

    async fn post_as(&self, token: &str, path: &str, body: &Value) -> (u16, Value, Duration) {
        let mut request = Request::post(format!("http://{}{path}", self.gateway))
            .header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request
            .body(Full::new(Bytes::from(body.to_string())))
            .unwrap();
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

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}
