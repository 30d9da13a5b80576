//! The programs that are measured, and the store and users that they work with.

use std::path::{Path, PathBuf};

use bench::{
    binaries::Binaries,
    calls::{Call, new_email, sign_up_event},
    certificate::Certificate,
    environment::Environment,
    service::{Service, User},
    store_proxy::StoreProxy,
};
use local::template::workspace_root;
use serde_json::{Value, json};

use crate::samples::float;

pub const GET_PUT_FLOOR: &str = "F2, one read and one write";
pub const CREATION_FLOOR: &str = "F2, the requests of a task's creation";
pub const LIST_FLOOR: &str = "F2, the requests of a list";
pub const LOGIN_FLOOR: &str = "F3 and the requests of a login";
pub const SIGN_UP_FLOOR: &str = "F3 and the requests of a sign-up";
pub const PRODUCT_HASH: &str = "hash by the product";
pub const BARE_HASH: &str = "hash (F3)";
pub const TOKEN_CHECK: &str = "check of a token, all claims";
pub const BARE_CHECK: &str = "bare check (F4)";

pub struct Testbed {
    binaries: Binaries,
    service: Service,
    pub proxy: StoreProxy,
    tls_proxy: StoreProxy,
    certificate: Certificate,
    user: User,
    /// Has 50 tasks. Others create tasks, so this list stays as long as it is.
    owner_of_tasks: User,
}

pub struct Target {
    pub name: &'static str,
    pub binary: PathBuf,
    pub environment: Environment,
    pub call: Call,
    pub kind: Kind,
}

#[derive(Clone, Copy)]
pub enum Kind {
    /// Of the product, or a floor in its place.
    Function,
    /// Only starts and first calls are measured.
    FunctionOverTls,
    /// So many per call. 1 for a hash, which is slow enough by itself.
    Operation { iterations: u32 },
}

impl Target {
    pub fn per_iteration(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Operation { iterations } => value / f64::from(iterations),
            Kind::Function | Kind::FunctionOverTls => value,
        }
    }
}

impl Testbed {
    pub async fn start(binaries: Binaries) -> Self {
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
            binaries,
            proxy: StoreProxy::open(service.store, None).await,
            tls_proxy: StoreProxy::open(service.store, tls).await,
            service,
            certificate,
            user,
            owner_of_tasks,
        }
    }

    /// Floors get the events of the call that they are compared with.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        for call in Call::ALL {
            let environment = Environment::for_function(&self.proxy.url);
            targets.push(self.target(call.name(), call.function(), environment, call));
        }
        let login = "count get count get hash batch-write";
        for (name, binary, steps, call) in [
            ("F0", "bare-function", "", Call::Me),
            ("F2", "store-function", "get", Call::Me),
            (GET_PUT_FLOOR, "store-function", "get put", Call::CreateTask),
            (
                CREATION_FLOOR,
                "store-function",
                "batch-get transact",
                Call::CreateTask,
            ),
            ("F2, one query", "store-function", "query", Call::ListTasks),
            (
                LIST_FLOOR,
                "store-function",
                "batch-get query",
                Call::ListTasks,
            ),
            (LOGIN_FLOOR, "store-function", login, Call::Login),
            (
                SIGN_UP_FLOOR,
                "store-function",
                "count hash transact-four",
                Call::SignUp,
            ),
        ] {
            let environment = self.floor_environment(&self.proxy, steps);
            targets.push(self.target(name, binary, environment, call));
        }
        targets.extend(self.tls_targets());
        targets.extend(self.operations());
        targets
    }

    fn tls_targets(&self) -> [Target; 2] {
        let Certificate { file, bundle, .. } = &self.certificate;
        let product = Environment::for_function(&self.tls_proxy.url)
            .with("SSL_CERT_FILE", bundle.to_string_lossy());
        let floor = self
            .floor_environment(&self.tls_proxy, "get")
            .with("FLOOR_CERTIFICATE", file.to_string_lossy());
        [
            self.target("me over TLS", "me", product, Call::Me),
            self.target("F2-tls", "store-function-tls", floor, Call::Me),
        ]
        .map(|target| Target {
            kind: Kind::FunctionOverTls,
            ..target
        })
    }

    fn operations(&self) -> Vec<Target> {
        let environment = Environment::for_function(&self.proxy.url);
        let with_token = environment.clone().with("FLOOR_TOKEN", &self.user.token);
        let refused = |body: &str, status: &str| {
            let event = sign_up_event(&self.user, body).to_string();
            let environment = environment.clone().with("FLOOR_EVENT", event);
            environment.with("FLOOR_STATUS", status)
        };
        let common_password = json!({
            "email": "ada@example.com", "password": "password", "username": "ada", "firstName": "Ada",
            "lastName": "Lovelace", "callback_url": "/tasks?open=1", "credentials_handling": "include",
        })
        .to_string();
        [
            (BARE_HASH, "bare-hash", 1, with_token.clone()),
            (PRODUCT_HASH, "hash", 1, with_token.clone()),
            (BARE_CHECK, "bare-check", 2_000, with_token.clone()),
            (TOKEN_CHECK, "token-check", 2_000, with_token),
            (
                "refused call, body is no JSON",
                "refusal",
                500,
                refused("{", "400"),
            ),
            (
                "refused call, seven fields, common password",
                "refusal",
                500,
                refused(&common_password, "422"),
            ),
        ]
        .map(|(name, operation, iterations, environment)| {
            let environment = environment
                .with("FLOOR_OPERATION", operation)
                .with("FLOOR_ITERATIONS", iterations.to_string());
            Target {
                kind: Kind::Operation { iterations },
                ..self.target(name, "operations", environment, Call::Me)
            }
        })
        .into()
    }

    pub async fn events(&self, call: Call, count: usize) -> Vec<Value> {
        let user = match call {
            Call::ListTasks => &self.owner_of_tasks,
            _ => &self.user,
        };
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(call.event(&self.service, user).await);
        }
        events
    }

    fn floor_environment(&self, proxy: &StoreProxy, steps: &str) -> Environment {
        Environment::for_function(&proxy.url)
            .with("FLOOR_USER_ID", &self.owner_of_tasks.id)
            .with("FLOOR_STEPS", steps)
    }

    fn target(
        &self,
        name: &'static str,
        binary: &str,
        environment: Environment,
        call: Call,
    ) -> Target {
        Target {
            name,
            binary: self.binaries.path(binary),
            environment,
            call,
            kind: Kind::Function,
        }
    }
}

/// A function that knows the lists of passwords contains these files as they are.
pub fn bytes_of_password_lists() -> f64 {
    float(text_files_in(&workspace_root().join("shared/src/account")))
}

fn text_files_in(folder: &Path) -> u64 {
    let paths = folder.read_dir().unwrap();
    let bytes = paths.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text_files_in(&path)
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            path.metadata().unwrap().len()
        } else {
            0
        }
    });
    bytes.sum()
}
