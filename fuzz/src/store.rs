//! A store whose conditions always hold: the real client with scripted responses.

use std::sync::Arc;

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use shared::{
    App, Clock, Entropy, Timestamp,
    store::{Connection, Store},
};

use crate::session::{NOW, settings, user_id};

/// Whatever asks the store of this app gets an error.
#[must_use]
pub fn app_without_store() -> Arc<App> {
    app_answering(|_| None)
}

/// A store with one active account, which has one task.
#[must_use]
pub fn app() -> Arc<App> {
    app_answering(answer)
}

fn app_answering(answer: fn(&str) -> Option<Value>) -> Arc<App> {
    let settings = settings();
    let entropy = Entropy::system();
    let connection = Connection::to_local("http://store.invalid")
        .without_timeouts()
        .map_http_client(|_| SharedHttpClient::new(Scripted(answer)));
    let store = Store::new(&connection, &settings.table_name, entropy.clone());
    let clock = Clock::new(|| Timestamp::from_seconds(NOW));
    Arc::new(App::new(settings, store, clock, entropy))
}

fn answer(operation: &str) -> Option<Value> {
    match operation {
        "BatchGetItem" => Some(json!({"Responses": {"latchkey": [account()]}})),
        "TransactWriteItems" => Some(json!({})),
        "UpdateItem" => Some(json!({"Attributes": task()})),
        "GetItem" => Some(json!({"Item": task()})),
        "Query" => Some(json!({"Items": [task()], "Count": 1})),
        _ => None,
    }
}

fn account() -> Value {
    json!({
        "pk": {"S": format!("USER#{}", user_id())}, "sk": {"S": "ACCOUNT"},
        "id": {"S": user_id().to_string()},
        "email": {"S": "ada@example.com"}, "email_normal": {"S": "ada@example.com"},
        "username": {"S": "ada"}, "username_normal": {"S": "ada"},
        "password_hash": {"S": ""}, "is_active": {"BOOL": true}, "is_leaving": {"BOOL": false},
        "created_at": {"S": "2026-11-20T12:00:00.000Z"},
        "updated_at": {"S": "2026-11-20T12:00:00.000Z"},
        "session_generation": {"N": "0"},
    })
}

fn task() -> Value {
    json!({
        "id": {"S": "01a1f925-53ec-7d44-b5df-98299034683c"},
        "user_id": {"S": user_id().to_string()},
        "title": {"S": "Find the moth"}, "description": {"NULL": true},
        "completed": {"BOOL": false}, "priority": {"S": "medium"},
        "due_date": {"S": "2026-12-31"}, "tags": {"L": [{"S": "relay"}]},
        "due_key": {"S": "D#1"}, "last_write": {"S": "create"},
        "created_at": {"S": "2026-11-20T12:00:00.000Z"},
        "updated_at": {"S": "2026-11-20T12:00:00.000Z"},
        "version": {"N": "1"},
    })
}

#[derive(Clone, Debug)]
struct Scripted(fn(&str) -> Option<Value>);

impl HttpClient for Scripted {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Scripted {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        HttpConnectorFuture::ready(match (self.0)(operation) {
            Some(body) => Ok(HttpResponse::new(
                StatusCode::try_from(200).unwrap(),
                SdkBody::from(body.to_string()),
            )),
            None => Err(ConnectorError::user("not to be asked".into())),
        })
    }
}
