//! Who is measured, and what stands around them.

use std::path::PathBuf;

use bench::{Builds, Call, Certificate, Environment, Person, Service, StoreDoor, new_email};
use serde_json::{Value, json};

use crate::measured::Measured;

pub struct Scene {
    pub service: Service,
    pub builds: Builds,
    pub door: StoreDoor,
    tls: Option<(StoreDoor, Certificate)>,
    person: Person,
    lister: Person,
}

/// A function of the product, or a floor in a function's place.
pub struct Subject {
    pub name: &'static str,
    pub binary: PathBuf,
    pub bytes: u64,
    pub environment: Environment,
    pub call: Call,
    pub measured: Measured,
}

/// What repeats something that is no call, and asks no store.
pub struct RepeatedPart {
    pub name: &'static str,
    pub binary: &'static str,
    pub environment: Environment,
    /// So often, and twice as often.
    pub times: u32,
}

/// Of what is short; a hash is slow enough where instructions are counted.
const MANY: u32 = 2_000;

pub const HASH: &str = "hash by the product";
pub const BARE_HASH: &str = "hash (F3)";
pub const OF_A_CREATION: &str = "F2, the requests of a task's creation";
pub const OF_A_LIST: &str = "F2, the requests of a list";
pub const OF_A_LOGIN: &str = "F3 and the requests of a login";
pub const OF_A_SIGN_UP: &str = "F3 and the requests of a sign-up";
pub const TOKEN_CHECK: &str = "check of a token, all claims";
pub const BARE_CHECK: &str = "bare check (F4)";

impl Scene {
    pub async fn set(builds: Builds) -> Self {
        let service = Service::start().await;
        let person = service.sign_up(&new_email()).await;
        // Somebody else creates tasks: this list stays as long as it is.
        let lister = service.sign_up(&new_email()).await;
        service.add_tasks(&lister, 50).await;
        let door = StoreDoor::open(service.database, None).await;
        let tls = match Certificate::make() {
            None => None,
            Some(made) => {
                let door = StoreDoor::open(service.database, Some(made.acceptor())).await;
                Some((door, made))
            }
        };
        Self {
            service,
            builds,
            door,
            tls,
            person,
            lister,
        }
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let product = Call::ALL.map(|call| {
            let environment = Environment::of_function(&self.door.address);
            self.subject(call.name(), call.function(), environment, call)
        });
        let mut all = Vec::from(product);
        let bare = self.floor_environment(&self.door, "");
        all.push(self.subject("F0", "bare-function", bare, Call::Me));
        // Each gets the events of what it is compared with.
        for (name, work, call) in [
            ("F2", "get", Call::Me),
            ("F2, one read and one write", "get put", Call::CreateTask),
            (OF_A_CREATION, "batch-get transact", Call::CreateTask),
            ("F2, one query", "query", Call::ListTasks),
            (OF_A_LIST, "batch-get query", Call::ListTasks),
            (
                OF_A_LOGIN,
                "count get count get hash batch-write",
                Call::Login,
            ),
            (OF_A_SIGN_UP, "count hash transact-four", Call::SignUp),
        ] {
            let environment = self.floor_environment(&self.door, work);
            all.push(self.subject(name, "store-function", environment, call));
        }
        all
    }

    /// Empty where no certificate could be made.
    pub fn subjects_over_tls(&self) -> Vec<Subject> {
        let Some((door, certificate)) = &self.tls else {
            return Vec::new();
        };
        let trusting = certificate.among_the_systems();
        let product = Environment::of_function(&door.address)
            .with("SSL_CERT_FILE", trusting.to_str().unwrap());
        let floor = self
            .floor_environment(door, "get")
            .with("FLOOR_CERTIFICATE", certificate.file.to_str().unwrap());
        vec![
            self.subject("me over TLS", "me", product, Call::Me),
            self.subject("F2-tls", "store-function-tls", floor, Call::Me),
        ]
    }

    pub async fn event(&self, call: Call) -> Value {
        let person = match call {
            Call::ListTasks => &self.lister,
            _ => &self.person,
        };
        call.event(&self.service, person).await
    }

    pub fn repeated(&self) -> Vec<RepeatedPart> {
        let token = self.repeater_environment();
        let part = |name, binary, times, environment| RepeatedPart {
            name,
            binary,
            environment,
            times,
        };
        let refused = |body: &str, status| {
            let event = bench::sign_up_event(&self.person, body).to_string();
            Environment::of_function(&self.door.address)
                .with("FLOOR_EVENT", &event)
                .with("FLOOR_STATUS", status)
        };
        let weak = json!({
            "email": "ada@example.com", "password": "password", "username": "ada", "firstName": "Ada",
            "lastName": "Lovelace", "callback_url": "/tasks?open=1", "credentials_handling": "include",
        });
        vec![
            part(BARE_HASH, "bare-hash", 1, token.clone()),
            part(HASH, "hash", 1, token.clone()),
            part(BARE_CHECK, "bare-check", MANY, token.clone()),
            part(TOKEN_CHECK, "token-check", MANY, token),
            part(
                "request read, envelope written: no JSON",
                "refusal",
                MANY,
                refused("{", "400"),
            ),
            part(
                "the same with seven fields read: a common password",
                "refusal",
                MANY,
                refused(&weak.to_string(), "422"),
            ),
        ]
    }

    /// For those that check a token or hash a password and are no functions.
    pub fn repeater_environment(&self) -> Environment {
        Environment::of_function(&self.door.address).with("FLOOR_TOKEN", &self.person.token)
    }

    fn floor_environment(&self, door: &StoreDoor, work: &str) -> Environment {
        Environment::of_function(&door.address)
            .with("FLOOR_USER_ID", &self.lister.id)
            .with("FLOOR_WORK", work)
    }

    fn subject(
        &self,
        name: &'static str,
        binary: &str,
        environment: Environment,
        call: Call,
    ) -> Subject {
        Subject {
            name,
            binary: self.builds.path(binary),
            bytes: self.builds.bytes(binary),
            environment,
            call,
            measured: Measured::default(),
        }
    }
}
