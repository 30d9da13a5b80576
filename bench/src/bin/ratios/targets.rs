//! The programs that are measured.

use std::{env::consts::ARCH, path::PathBuf};

use bench::{
    calls::{Call, sign_up_event},
    certificate::Certificate,
    environment::Environment,
    table,
};
use local::template::workspace_root;
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
F3 and the requests of a login        | store-function | count get count get hash transact-login | login
F3 and the requests of a sign-up      | store-function | count hash transact-four             | signup";

/// Nobody waits for these: only their size is measured.
pub const CALLED_BY_THE_STREAM: [&str; 2] = ["mailer", "sweeper"];

const TOKEN_CHECK: &str = "check of a token, all claims";
const COMMON_PASSWORD: &str = "refused call, seven fields, common password";

/// The binary that `bench/build` has built.
pub fn built(name: &str) -> PathBuf {
    let folder = format!("target/{ARCH}-unknown-linux-gnu/release");
    let binary = workspace_root().join(folder).join(name);
    assert!(binary.exists(), "run bench/build to build {name}");
    binary
}

pub struct Target {
    pub name: &'static str,
    pub binary: PathBuf,
    pub environment: Environment,
    pub call: Call,
    /// How often a call repeats an operation. None for a function: of the product, or a floor in its place.
    pub iterations: Option<u32>,
}

impl Target {
    fn new(name: &'static str, binary: &str, environment: Environment, call: &str) -> Self {
        Self {
            name,
            binary: built(binary),
            environment,
            call: Call::named(call),
            iterations: None,
        }
    }

    pub fn is_over_tls(&self) -> bool {
        self.environment.0["AWS_ENDPOINT_URL_DYNAMODB"].starts_with("https")
    }

    pub fn per_iteration(&self, value: f64) -> f64 {
        value / f64::from(self.iterations.unwrap_or(1))
    }
}

impl Testbed {
    /// Functions of the product, their floors, both over TLS, and operations.
    pub fn targets(&self) -> Vec<Target> {
        let environment = Environment::for_function(&self.proxy.url);
        let call = |call: Call| {
            let environment = match call.function {
                // Its calls exist only with mail.
                "email" => environment.clone().with_mail(),
                _ => environment.clone(),
            };
            Target::new(call.name, call.function, environment, call.name)
        };
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
        let Certificate { file, bundle, .. } = &self.certificate;
        let floor = self.for_floor(&environment, "get");
        let floor = floor.with("FLOOR_CERTIFICATE", file);
        let product = environment.with("SSL_CERT_FILE", bundle);
        [
            Target::new("me over TLS", "me", product, "me"),
            Target::new("F2-tls", "store-function-tls", floor, "me"),
        ]
    }

    fn operations(&self, environment: &Environment) -> Vec<Target> {
        let operation = |name, operation, iterations: u32, environment: &Environment| {
            let environment = environment.clone().with("FLOOR_OPERATION", operation);
            let environment = environment.with("FLOOR_ITERATIONS", iterations.to_string());
            Target {
                iterations: Some(iterations),
                ..Target::new(name, "operations", environment, "me")
            }
        };
        let with_token = environment.clone().with("FLOOR_TOKEN", &self.user.token);
        let refusal = |name, body: &str, status| {
            let event = sign_up_event(&self.user, &body).to_string();
            let environment = environment.clone().with("FLOOR_EVENT", event);
            let environment = environment.with("FLOOR_STATUS", status);
            operation(name, "refusal", 500, &environment)
        };
        let common_password = json!({
            "email": "ada@example.com", "password": "password", "username": "ada", "firstName": "Ada",
            "lastName": "Lovelace", "callback_url": "/tasks?open=1", "credentials_handling": "include",
        });
        vec![
            // A hash is slow enough by itself.
            operation("F3", "bare-hash", 1, &with_token),
            operation("hash by the product", "hash", 1, &with_token),
            operation("F4", "bare-check", 2_000, &with_token),
            operation(TOKEN_CHECK, "token-check", 2_000, &with_token),
            refusal("refused call, body is no JSON", "{", "400"),
            refusal(COMMON_PASSWORD, &common_password.to_string(), "422"),
        ]
    }

    fn for_floor(&self, environment: &Environment, steps: &str) -> Environment {
        let environment = environment.clone().with("FLOOR_STEPS", steps);
        environment.with("FLOOR_USER_ID", &self.owner_of_tasks.id)
    }
}
