//! The programs that are measured.

use std::path::PathBuf;

use bench::{
    binaries,
    calls::{Call, sign_up_event},
    environment::Environment,
    table,
};
use serde_json::json;

use crate::testbed::Testbed;

/// Name, binary, steps of a call, and the call of the product whose events it gets.
const FLOORS: &str = "\
F0                                    | bare-function  |                                      | me
F2                                    | store-function | get                                  | me
F2, one read and one write            | store-function | get put                              | tasks: create
F2, the requests of a task's creation | store-function | batch-get transact                   | tasks: create
F2, one query                         | store-function | query                                | tasks: list of 50
F2, the requests of a list            | store-function | batch-get query                      | tasks: list of 50
F3 and the requests of a login        | store-function | count get count get hash batch-write | login
F3 and the requests of a sign-up      | store-function | count hash transact-four             | signup";

/// Name, operation, and how many of it a call makes. A hash is slow enough by itself.
const OPERATIONS: &str = "\
F3                           | bare-hash   | 1
hash by the product          | hash        | 1
F4                           | bare-check  | 2000
check of a token, all claims | token-check | 2000";

const REFUSALS_PER_CALL: u32 = 500;

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
    /// So many per call.
    Operation { iterations: u32 },
}

impl Target {
    fn new(name: &'static str, binary: &str, environment: Environment, call: &str) -> Self {
        Self {
            name,
            binary: binaries::path(binary),
            environment,
            call: Call::named(call),
            kind: Kind::Function,
        }
    }

    fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub fn is_operation(&self) -> bool {
        matches!(self.kind, Kind::Operation { .. })
    }

    pub fn per_iteration(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Operation { iterations } => value / f64::from(iterations),
            Kind::Function | Kind::FunctionOverTls => value,
        }
    }
}

impl Testbed {
    /// Functions of the product, their floors, both over TLS, and operations.
    pub fn targets(&self) -> Vec<Target> {
        let environment = Environment::for_function(&self.proxy.url);
        let call =
            |call: Call| Target::new(call.name, call.function, environment.clone(), call.name);
        let floor = |[name, binary, steps, call]: [&'static str; 4]| {
            Target::new(name, binary, self.for_floor(&environment, steps), call)
        };
        Call::all()
            .map(call)
            .chain(table::rows(FLOORS).map(floor))
            .chain(self.over_tls())
            .chain(self.operations(&environment))
            .collect()
    }

    fn over_tls(&self) -> [Target; 2] {
        let environment = Environment::for_function(&self.tls_proxy.url);
        let [file, bundle] = [&self.certificate.file, &self.certificate.bundle]
            .map(|path| path.to_string_lossy().into_owned());
        let floor = self
            .for_floor(&environment, "get")
            .with("FLOOR_CERTIFICATE", file);
        let product = environment.with("SSL_CERT_FILE", bundle);
        [
            Target::new("me over TLS", "me", product, "me"),
            Target::new("F2-tls", "store-function-tls", floor, "me"),
        ]
        .map(|target| target.of_kind(Kind::FunctionOverTls))
    }

    fn operations(&self, environment: &Environment) -> impl Iterator<Item = Target> {
        let target = |name, operation, iterations: u32, environment: Environment| {
            let environment = environment
                .with("FLOOR_OPERATION", operation)
                .with("FLOOR_ITERATIONS", iterations.to_string());
            Target::new(name, "operations", environment, "me")
                .of_kind(Kind::Operation { iterations })
        };
        let with_token = environment.clone().with("FLOOR_TOKEN", &self.user.token);
        let operations = table::rows(OPERATIONS).map(move |[name, operation, iterations]| {
            target(
                name,
                operation,
                iterations.parse().unwrap(),
                with_token.clone(),
            )
        });
        let common_password = json!({
            "email": "ada@example.com", "password": "password", "username": "ada", "firstName": "Ada",
            "lastName": "Lovelace", "callback_url": "/tasks?open=1", "credentials_handling": "include",
        });
        let refusals = [
            ("refused call, body is no JSON", "{".to_owned(), "400"),
            (
                "refused call, seven fields, common password",
                common_password.to_string(),
                "422",
            ),
        ]
        .map(|(name, body, status)| {
            let event = sign_up_event(&self.user, &body).to_string();
            let environment = environment.clone().with("FLOOR_EVENT", event);
            let environment = environment.with("FLOOR_STATUS", status);
            target(name, "refusal", REFUSALS_PER_CALL, environment)
        });
        operations.chain(refusals)
    }

    fn for_floor(&self, environment: &Environment, steps: &str) -> Environment {
        let environment = environment.clone().with("FLOOR_STEPS", steps);
        environment.with("FLOOR_USER_ID", &self.owner_of_tasks.id)
    }
}
