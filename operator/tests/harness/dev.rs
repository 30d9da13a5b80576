//! The product as `cargo dev` runs it: HTTP API, functions, stream, mailbox and database.

use std::{
    fs::File,
    future::pending,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc::channel,
    },
    thread,
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use local::{
    app, database,
    functions::Functions,
    gateway::Gateway,
    listen,
    mailbox::Mailbox,
    routes::Routes,
    stream::{Poller, Stream},
    template::Template,
};
use serde_json::{Value, json};
use shared::{Pseudonyms, Settings, SigningSecret};

use super::{Ran, operator};

pub const PASSWORD: &str = "seven quiet otters";
const SECRET: &str = "the secret that the operator's tests sign with";
const TABLE: &str = "latchkey";

pub struct Dev {
    pub gateway: SocketAddr,
    pub database: SocketAddr,
    /// Holds the secret, as `cargo dev` keeps it.
    data: PathBuf,
    _lock: File,
    users: AtomicU32,
}

pub struct User {
    pub id: String,
    pub email: String,
    pub token: String,
}

/// One for all tests: each has users of its own.
static SHARED: LazyLock<Dev> = LazyLock::new(|| Dev::start(true));

impl Dev {
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Without a stream, nothing but the command goes on with a deletion.
    pub fn start(with_stream: bool) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let gateway = listen::on_loopback(0, "--port").await.unwrap();
                let database = listen::on_loopback(0, "--database-port").await.unwrap();
                let addresses = (
                    gateway.local_addr().unwrap(),
                    database.local_addr().unwrap(),
                );
                let template = Template::read().unwrap();
                let opened = database::open_memory(&template.table, TABLE).unwrap();
                let stream = Stream::of(&opened, TABLE).unwrap();
                tokio::spawn(database::serve(database, opened));
                let app = app::app(settings(addresses.0), addresses.1);
                let mut functions = Functions::new(|_| Arc::clone(&app));
                functions.add_mailer(app, &format!("http://{}", addresses.0));
                let routes = Routes::new(&template.functions).unwrap();
                let polling =
                    with_stream.then(|| Poller::new(stream).start(&functions, &template.functions));
                let mut serving =
                    Gateway::new(routes, functions).with_mailbox(Arc::new(Mailbox::default()));
                if let Some(polling) = &polling {
                    serving = serving.waking(polling.wake());
                }
                tell.send(addresses).unwrap();
                serving.serve_until(gateway, pending()).await;
            });
        });
        let (gateway, database) = told.recv().unwrap();
        Self {
            gateway,
            database,
            _lock: lock(&data_dir()),
            data: data_dir(),
            users: AtomicU32::new(0),
        }
    }

    /// The command on this database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_through(self.database, arguments)
    }

    /// The same through a proxy.
    pub fn command_through(&self, database: SocketAddr, arguments: &[&str]) -> Command {
        let port = database.port().to_string();
        let place = ["--local", "--local-port", &port];
        let mut command = operator(&[&place[..], arguments].concat());
        command
            .env("LATCHKEY_DATA_DIR", &self.data)
            .env("USER", "grace");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// A new user, logged in.
    pub fn sign_up(&self) -> User {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        self.sign_up_as(&format!("user{number}@example.com"), None)
    }

    pub fn sign_up_as(&self, email: &str, username: Option<&str>) -> User {
        let mut body = json!({ "email": email, "password": PASSWORD });
        if let Some(username) = username {
            body["username"] = json!(username);
        }
        let (status, answer) = self.call("POST", "/api/auth/signup", None, Some(&body));
        assert_eq!(status, 201, "{answer}");
        let user = &answer["user"];
        User {
            id: text(&user["id"]),
            email: email.to_owned(),
            token: text(&answer["session"]["token"]),
        }
    }

    pub fn log_in(&self, email: &str, password: &str) -> (u16, Value) {
        let body = json!({ "email": email, "password": password });
        self.call("POST", "/api/auth/login", None, Some(&body))
    }

    /// From a browser with that cookie. Returns the status and the device cookie of the answer.
    pub fn log_in_from(&self, cookie: &str, email: &str, password: &str) -> (u16, String) {
        let body = json!({ "email": email, "password": password }).to_string();
        let (head, _) = self.exchange(
            "POST",
            "/api/auth/login",
            &format!("cookie: {cookie}\r\n"),
            &body,
        );
        let device = head
            .split("set-cookie: ")
            .find(|line| line.starts_with("device="));
        let device = device.map_or("", |line| line.split(';').next().unwrap());
        (status_of(&head), device.to_owned())
    }

    /// As after a long attack: the next login waits for minutes.
    pub fn count_failures(&self, email: &str, failures: i64) {
        let secret = SigningSecret::parse(SECRET).unwrap();
        let name = Pseudonyms::under(&secret).of("email", email);
        let key = (format!("LIMIT#LOGIN_FAILURES#{name}"), "LIMIT");
        let value = AttributeValue::N(failures.to_string());
        self.set(key, "SET failures = :value", value);
    }

    /// As after a bounce.
    pub fn mark_undeliverable(&self, user: &User) {
        let value = AttributeValue::S(user.email.clone());
        self.set_of_account(user, "undeliverable_email", value);
    }

    /// As the first step of a deletion does.
    pub fn mark_leaving(&self, user: &User) {
        self.set_of_account(user, "is_leaving", AttributeValue::Bool(true));
    }

    /// Past the rules of the API.
    pub fn set_of_account(&self, user: &User, attribute: &str, value: AttributeValue) {
        let key = (format!("USER#{}", user.id), "ACCOUNT");
        self.set(key, &format!("SET {attribute} = :value"), value);
    }

    fn set(&self, (pk, sk): (String, &str), expression: &str, value: AttributeValue) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let updated = database::client(self.database)
                .update_item()
                .table_name(TABLE)
                .key("pk", AttributeValue::S(pk))
                .key("sk", AttributeValue::S(sk.to_owned()))
                .condition_expression("attribute_exists(pk)")
                .update_expression(expression)
                .expression_attribute_values(":value", value);
            updated.send().await.unwrap();
        });
    }

    /// The status that the owner gets.
    pub fn me(&self, token: &str) -> u16 {
        self.call("GET", "/api/auth/me", Some(token), None).0
    }

    /// The owner's own log, newest first. Logs in anew.
    pub fn activity(&self, user: &User) -> Vec<Value> {
        let (_, login) = self.log_in(&user.email, PASSWORD);
        let token = text(&login["session"]["token"]);
        let (status, answer) = self.call("GET", "/api/auth/me/activity", Some(&token), None);
        assert_eq!(status, 200, "{answer}");
        answer["items"].as_array().unwrap()[1..].to_vec()
    }

    /// The mails to an address, when there are as many of that kind.
    pub fn mails(&self, to: &str, kind: &str, at_least: usize) -> Vec<Value> {
        for _ in 0..400 {
            let (_, all) = self.call("GET", &format!("/__mail.json?to={to}"), None, None);
            let all = all.as_array().unwrap().iter();
            let found: Vec<Value> = all.filter(|mail| mail["kind"] == kind).cloned().collect();
            if found.len() >= at_least {
                return found;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("no mail {kind} came to {to}");
    }

    pub fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let body = body.map_or_else(String::new, Value::to_string);
        let authorization = token.map_or_else(String::new, |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        let (head, body) = self.exchange(method, path, &authorization, &body);
        (
            status_of(&head),
            serde_json::from_str(&body).unwrap_or(Value::Null),
        )
    }

    /// The head and the body of the answer.
    fn exchange(&self, method: &str, path: &str, header: &str, body: &str) -> (String, String) {
        let address = self.gateway;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{header}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

fn status_of(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// One folder for all runs: nothing is dropped at the end of a test program, so a temporary one would
/// stay behind each time.
fn data_dir() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("operator-data");
    std::fs::create_dir_all(&folder).unwrap();
    let (file, secret) = (folder.join("secret"), format!("{SECRET}\n"));
    // A command of another run may be reading it.
    if std::fs::read_to_string(&file).ok().as_ref() != Some(&secret) {
        let mut new = tempfile::NamedTempFile::new_in(&folder).unwrap();
        new.write_all(secret.as_bytes()).unwrap();
        new.persist(file).unwrap();
    }
    folder
}

/// As a running `cargo dev` locks its folder. Many runs of the tests share this one.
fn lock(folder: &Path) -> File {
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock_shared().unwrap();
    lock
}

fn settings(gateway: SocketAddr) -> Settings {
    Settings::read(|name| {
        let value = match name {
            "BETTER_AUTH_SECRET" => SECRET.to_owned(),
            "MAIL_FROM" => "no-reply@latchkey.example".to_owned(),
            "APP_URL" => format!("http://{gateway}"),
            "LOGIN_PER_ADDRESS_PER_MINUTE" | "SIGNUP_PER_ADDRESS_PER_HOUR" => "100000".to_owned(),
            _ => return None,
        };
        Some(value)
    })
    .unwrap()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}
