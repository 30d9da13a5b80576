//! One product per test, with its own table, clock, and ports.

mod client;
mod comparison;
mod constants;
mod fake_ses;
mod mails;
mod proxy;
mod rights;
pub mod secrets;
mod store_traffic;
mod sweeper;
mod table;
mod tasks;
mod tokens;
mod weak_hash;
mod whole;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use local::{
    database, functions::Functions, gateway, listen, response, routes::Routes, template::Template,
};
use mailer::{Mailer, Ses};
use serde_json::{Value, json};
use shared::{
    App, Clock, CookieNaming, Entropy, Settings, Timestamp,
    store::{Connection, Store},
};

pub use client::{Call, Reply, assert_timestamp};
pub use constants::{PASSWORD, PREVIOUS_SECRET, SECRET, TABLE};
pub use fake_ses::{FakeSes, SesAnswer};
pub use mails::{MAIL, seal_link};
pub use proxy::{FaultPlan, Persistence, Proxy, StoreFault};
pub use rights::granted;
pub use store_traffic::{ConnectionFault, StoreTraffic};
pub use sweeper::{begun_deletion, stream_event};
pub use table::Item;
pub use tasks::{due_instant, join_query, percent_encoded, server_with_task};
pub use tokens::{forge, sign, token_part, valid_claims};
pub use weak_hash::weak_hash;

/// Read once for all tests.
static TEMPLATE: LazyLock<Template> = LazyLock::new(|| Template::read().unwrap());

pub struct Server {
    pub gateway: SocketAddr,
    pub database: SocketAddr,
    pub traffic: StoreTraffic,
    functions: Functions,
    now: Arc<AtomicI64>,
}

/// A signed-up account and the token of its first session.
pub struct User {
    pub id: String,
    pub token: String,
    pub email: String,
    pub session_id: String,
}

impl Server {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::build(settings, CookieNaming::Host, |_| {}).await
    }

    pub async fn build(
        settings: &[(&str, &str)],
        cookie_naming: CookieNaming,
        add: impl FnOnce(&mut Functions),
    ) -> Self {
        Self::build_with_apps(settings, cookie_naming, |functions, _| add(functions)).await
    }

    /// `add` also gets the `App` of any function, by the name of its binary.
    pub async fn build_with_apps(
        settings: &[(&str, &str)],
        cookie_naming: CookieNaming,
        add: impl FnOnce(&mut Functions, &dyn Fn(&str) -> Arc<App>),
    ) -> Self {
        let database = serve_database().await;
        Self::start_on(database, settings, cookie_naming, add, |app_of| {
            let mut app = app_of(without_timeouts(database));
            // A busy machine must not fail a test by a time-out.
            app.call_timeout = Duration::from_mins(10);
            app
        })
        .await
    }

    /// A call has the time that a deployment gives it, by a clock that goes. The store takes as long as
    /// it likes.
    pub async fn with_call_timeout(settings: &[(&str, &str)]) -> Self {
        let database = serve_database().await;
        let make_app = |app_of: &dyn Fn(Connection) -> App| app_of(without_timeouts(database));
        let server =
            Self::start_on(database, settings, CookieNaming::Host, |_, _| {}, make_app).await;
        let (now, clock) = (Arc::clone(&server.now), Clock::system());
        tokio::spawn(async move {
            let mut last = clock.now();
            loop {
                tokio::time::sleep(Duration::from_millis(2)).await;
                let passed = last.duration_until(clock.now());
                last = last.plus(passed);
                let millis = i64::try_from(passed.as_millis()).unwrap();
                now.fetch_add(millis, Ordering::SeqCst);
            }
        });
        server
    }

    /// The product with the time-outs of a deployment, and a proxy before its database.
    pub async fn with_timeouts(settings: &[(&str, &str)]) -> (Self, Proxy) {
        Self::behind_proxy(settings, |_, _| {}).await
    }

    /// The same, with the function that sends the mails.
    pub async fn with_timeouts_and_mailer(ses: Ses, settings: &[(&str, &str)]) -> (Self, Proxy) {
        Self::behind_proxy(settings, |functions, app_of| {
            let app = app_of("mailer");
            functions.add_events("mailer", mailer::handler(Arc::new(Mailer { app, ses })));
        })
        .await
    }

    async fn behind_proxy(
        settings: &[(&str, &str)],
        add: impl FnOnce(&mut Functions, &dyn Fn(&str) -> Arc<App>),
    ) -> (Self, Proxy) {
        let database = serve_database().await;
        let proxy = Proxy::start(database).await;
        let endpoint = format!("http://{}", proxy.address);
        let server = Self::start_on(database, settings, CookieNaming::Host, add, |app_of| {
            app_of(Connection::to_local(&endpoint))
        })
        .await;
        (server, proxy)
    }

    async fn start_on(
        database: SocketAddr,
        settings: &[(&str, &str)],
        cookie_naming: CookieNaming,
        add: impl FnOnce(&mut Functions, &dyn Fn(&str) -> Arc<App>),
        make_app: impl Fn(&dyn Fn(Connection) -> App) -> App,
    ) -> Self {
        secrets::check_log();
        let given: BTreeMap<&str, &str> = [
            ("BETTER_AUTH_SECRET", SECRET),
            ("BETTER_AUTH_SECRET_PREVIOUS", PREVIOUS_SECRET),
            // Tests make more calls from one address than the limits allow.
            ("LOGIN_PER_ADDRESS_PER_MINUTE", "1000000"),
            ("SIGNUP_PER_ADDRESS_PER_HOUR", "1000000"),
            ("REFRESH_PER_SESSION_PER_MINUTE", "1000000"),
            ("LINKS_PER_ADDRESS_PER_HOUR", "1000000"),
        ]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
        let settings = || {
            let given = |name: &str| given.get(name).map(|value| (*value).to_owned());
            let mut settings = Settings::read(given).unwrap();
            settings.cookie_naming = cookie_naming;
            settings
        };

        let now = Arc::new(AtomicI64::new(1_794_996_000_123));
        let traffic = StoreTraffic::default();
        // Each function has its own connection with its own rights from the template.
        let app_of = |function: &str| {
            Arc::new(make_app(&|connection| {
                let connection = traffic.observe(connection, function);
                let entropy = Entropy::system();
                let clock = Arc::clone(&now);
                App::new(
                    settings(),
                    Store::new(&connection, TABLE, entropy.clone()),
                    Clock::new(move || Timestamp::from_millis(clock.load(Ordering::SeqCst))),
                    entropy,
                )
            }))
        };
        let mut functions = Functions::new(app_of);
        add(&mut functions, &app_of);
        let listener = listen::on_loopback(0, "--port").await.unwrap();
        let gateway_address = listener.local_addr().unwrap();
        let routes = Routes::new(&TEMPLATE.functions).unwrap();
        tokio::spawn(gateway::serve(listener, routes, functions.clone()));
        Self {
            gateway: gateway_address,
            database,
            traffic,
            functions,
            now,
        }
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.gateway, method, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// Calls a function with an event that no HTTP client and no gateway of ours would make.
    pub async fn send_event(&self, function: &str, event: Value) -> Reply {
        let answer = self.functions.invoke(function, event).await;
        Reply::read(response::from_function(answer.unwrap())).await
    }

    /// Calls a function that answers no HTTP request.
    pub async fn invoke(&self, function: &str, event: Value) -> Value {
        self.functions.invoke(function, event).await.unwrap()
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub fn now_seconds(&self) -> i64 {
        self.now.load(Ordering::SeqCst).div_euclid(1000)
    }

    pub async fn sign_up(&self, email: &str) -> User {
        self.sign_up_with(email, json!({})).await
    }

    pub async fn sign_up_with(&self, email: &str, more: Value) -> User {
        let mut body = json!({"email": email, "password": PASSWORD});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let reply = self.post("/api/auth/signup").json(&body).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let text = |pointer: &str| {
            reply
                .body
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        User {
            id: text("/user/id"),
            token: text("/session/token"),
            email: email.to_owned(),
            session_id: text("/session/id"),
        }
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Reply {
        let body = json!({"email": email, "password": password});
        self.post("/api/auth/login").json(&body).send().await
    }

    pub async fn refresh(&self, token: &str) -> Reply {
        self.post("/api/auth/refresh").bearer(token).send().await
    }

    pub async fn me(&self, token: &str) -> Reply {
        self.get("/api/auth/me").bearer(token).send().await
    }
}

fn without_timeouts(database: SocketAddr) -> Connection {
    Connection::to_local(&format!("http://{database}")).without_timeouts()
}

async fn serve_database() -> SocketAddr {
    let data = database::open_memory(&TEMPLATE.table.without_stream(), TABLE).unwrap();
    let listener = listen::on_loopback(0, "--database-port").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(database::serve(listener, data));
    address
}
