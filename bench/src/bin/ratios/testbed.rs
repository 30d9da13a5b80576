//! The store and the users that the measured programs work with.

use bench::{
    calls::{Call, new_email},
    certificate::Certificate,
    service::{Service, User},
    store_proxy::StoreProxy,
};
use serde_json::{Value, json};

pub struct Testbed {
    service: Service,
    pub proxy: StoreProxy,
    pub tls_proxy: StoreProxy,
    pub certificate: Certificate,
    pub user: User,
    /// Has 50 tasks. Others create tasks, so this list stays as long as it is.
    pub owner_of_tasks: User,
}

impl Testbed {
    pub async fn start() -> Self {
        let service = Service::start().await;
        let user = service.sign_up(&new_email()).await;
        let owner_of_tasks = service.sign_up(&new_email()).await;
        for number in 0..50 {
            let task = json!({
                "title": format!("Program number {number}"),
                "due_date": "2026-12-10",
                "tags": ["engine"],
            });
            service.create_task(&owner_of_tasks, task).await;
        }
        let certificate = Certificate::create();
        let tls = Some(certificate.acceptor.clone());
        Self {
            proxy: StoreProxy::open(service.store, None).await,
            tls_proxy: StoreProxy::open(service.store, tls).await,
            service,
            certificate,
            user,
            owner_of_tasks,
        }
    }

    pub fn store_requests(&self) -> u64 {
        self.proxy.requests() + self.tls_proxy.requests()
    }

    pub async fn events(&self, call: Call, count: usize) -> Vec<Value> {
        let user = match call.name {
            "tasks: list of 50" => &self.owner_of_tasks,
            _ => &self.user,
        };
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(call.event(&self.service, user).await);
        }
        events
    }
}
