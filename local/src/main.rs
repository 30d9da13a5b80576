//! The command `cargo dev`. `arguments.rs` has its `--help`.

use std::env;
use std::fmt::Display;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use local::arguments::{Arguments, HELP};
use local::data::{DataFolder, default_folder};
use local::database::{self, CREDENTIAL, REGION};
use local::functions::Functions;
use local::gateway::Gateway;
use local::mailbox::Mailbox;
use local::routes::Routes;
use local::secret::Secret;
use local::start_error::StartError;
use local::stream::{Poller, Stream, Trimmer};
use local::template::Template;
use local::{app, listen};
use shared::Settings;
use tokio::sync::oneshot;

const SECRET: &str = "BETTER_AUTH_SECRET";
const MAIL_FROM: &str = "MAIL_FROM";
const APP_URL: &str = "APP_URL";

#[tokio::main]
async fn main() -> ExitCode {
    shared::log::install();
    shared::log::quiet_panics();
    let arguments = match Arguments::parse(env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => return fail(&error, 2),
    };
    if arguments.help {
        print(HELP);
        return ExitCode::SUCCESS;
    }
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    // Comes first, because the default action of a signal would end the process before it has
    // closed the database file.
    let stop_signal = stop_signal()?;
    let template = Template::read()?;
    let folder = if arguments.in_memory {
        None
    } else {
        Some(DataFolder::open(default_folder(environment))?)
    };
    let secret = match (environment(SECRET), &folder) {
        (Some(_), _) => None,
        (None, Some(folder)) => Some(Secret::load_or_generate(&folder.secret())?),
        (None, None) => Some(Secret::generate()?),
    };
    // A bad setting is told before a port is opened.
    settings(secret.as_ref(), &MailVariables::new(None))?;

    let (listener, is_gateway) = if arguments.database_only {
        (
            listen::on_loopback(arguments.mail_port, "--mail-port").await?,
            false,
        )
    } else {
        (
            listen::on_loopback(arguments.gateway_port, "--port").await?,
            true,
        )
    };
    let address = local_address(&listener)?;
    let mail_variables = MailVariables::new(is_gateway.then_some(address));
    let settings = settings(secret.as_ref(), &mail_variables)?;
    let database_listener = listen::on_loopback(arguments.database_port, "--database-port").await?;
    let database_address = local_address(&database_listener)?;

    let name = settings.table_name.clone();
    let database = match &folder {
        Some(folder) => database::open_file(&folder.database(), &template.table, &name)?,
        None => database::open_memory(&template.table, &name)?,
    };
    let stream = Stream::of(&database, &name)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let database_task = tokio::spawn(database::serve_until(database_listener, database, async {
        drop(stopped.await);
    }));

    let data_folder = folder.as_ref().map(DataFolder::path);
    let mailbox = Arc::new(Mailbox::announcing(|mail| print(mail.announcement())));
    if is_gateway {
        let app = app::app(settings, database_address);
        let mut functions = Functions::new(|_| Arc::clone(&app));
        functions.add_mailer(app, &format!("http://{address}"));
        check_functions(&template, &functions)?;
        let routes = Routes::new(&template.functions)?;
        let trimmer = match &folder {
            Some(folder) => Some(Trimmer::open(&folder.database(), &name)?),
            None => None,
        };
        print(gateway_message(
            address,
            database_address,
            &name,
            data_folder,
        ));
        let polling = Poller::new(stream)
            .trimming(trimmer)
            .start(&functions, &template.functions);
        Gateway::new(routes, functions)
            .with_mailbox(mailbox)
            .waking(polling.wake())
            .serve_until(listener, async {
                stop_signal.await;
                // The mailer's last mail still arrives.
                let _ = tokio::time::timeout(Duration::from_secs(1), polling.stop()).await;
            })
            .await;
    } else {
        let secret_file = folder
            .as_ref()
            .filter(|_| secret.is_some())
            .map(DataFolder::secret);
        print(database_message(
            database_address,
            address,
            &mail_variables,
            &name,
            data_folder,
            secret_file.as_deref(),
        ));
        Gateway::default()
            .with_mailbox(mailbox)
            .serve_until(listener, stop_signal)
            .await;
    }

    // Closes the database file. Every write is on disk already, so a timeout loses nothing.
    drop(stop);
    let _ = tokio::time::timeout(Duration::from_secs(1), database_task).await;
    Ok(())
}

/// An empty variable counts as unset.
fn environment(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "settings are read once, at start"
    )]
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn settings(
    generated: Option<&Secret>,
    mail_variables: &MailVariables,
) -> Result<Settings, StartError> {
    Settings::read(|name| match (generated, name) {
        (Some(secret), SECRET) => Some(secret.reveal().to_owned()),
        (_, MAIL_FROM) => Some(mail_variables.from.clone()),
        (_, APP_URL) => Some(mail_variables.app_url.clone()),
        _ => environment(name),
    })
    .map_err(|error| StartError::new(error.to_string()))
}

/// Mail is on, with or without settings.
struct MailVariables {
    from: String,
    app_url: String,
}

impl MailVariables {
    fn new(gateway: Option<SocketAddr>) -> Self {
        // Without a gateway, `cargo lambda watch` has its port.
        let gateway = gateway.map_or("127.0.0.1:9000".to_owned(), |address| address.to_string());
        Self {
            from: environment(MAIL_FROM).unwrap_or_else(|| "no-reply@latchkey.example".to_owned()),
            app_url: environment(APP_URL).unwrap_or_else(|| format!("http://{gateway}")),
        }
    }
}

fn check_functions(template: &Template, functions: &Functions) -> Result<(), StartError> {
    match template
        .functions
        .iter()
        .find(|function| !functions.has(&function.binary))
    {
        None => Ok(()),
        Some(unknown) => Err(StartError::new(format!(
            "template.yaml declares {} with the binary {}: add it to local/src/functions.rs",
            unknown.logical_id, unknown.binary
        ))),
    }
}

fn local_address(listener: &tokio::net::TcpListener) -> Result<SocketAddr, StartError> {
    listener
        .local_addr()
        .map_err(|error| StartError::new(format!("cannot read the address of a listener: {error}")))
}

/// Completes on Ctrl-C or, on Unix, on SIGTERM.
fn stop_signal() -> Result<impl Future<Output = ()>, StartError> {
    let start_error = |error| StartError::new(format!("cannot install a signal handler: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(start_error)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(start_error)?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(start_error)?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}

fn gateway_message(
    gateway: SocketAddr,
    database: SocketAddr,
    table: &str,
    data_folder: Option<&Path>,
) -> String {
    format!(
        r#"Latchkey listens on http://{gateway}
DynamoDB listens on http://{database} (table {table}, {storage})
Mails are shown at http://{gateway}/__mail

Try it:
  curl -i http://{gateway}/api/auth/signup \
    -H 'Content-Type: application/json' \
    -d '{{"email": "ada@example.com", "password": "seven quiet otters"}}'

Ctrl-C ends it."#,
        storage = storage(data_folder),
    )
}

fn database_message(
    database: SocketAddr,
    mailbox: SocketAddr,
    mail_variables: &MailVariables,
    table: &str,
    data_folder: Option<&Path>,
    secret: Option<&Path>,
) -> String {
    // Names the file, because a printed secret would stay in the terminal's history.
    let secret = match secret {
        Some(file) => format!("\n  export {SECRET}=\"$(cat '{}')\"", file.display()),
        None if environment(SECRET).is_none() => {
            format!("\n  export {SECRET}=\"$(openssl rand -hex 32)\"")
        }
        None => String::new(),
    };
    format!(
        "DynamoDB listens on http://{database} (table {table}, {storage})
Mailbox listens on http://{mailbox} (mails are shown at /__mail)

For `cargo lambda watch` or `sam local start-api`, in another terminal:
  export AWS_ENDPOINT_URL_DYNAMODB=http://{database}
  export AWS_REGION={REGION}
  export AWS_ACCESS_KEY_ID={CREDENTIAL}
  export AWS_SECRET_ACCESS_KEY={CREDENTIAL}
  export TABLE_NAME={table}
  export AWS_ENDPOINT_URL_SESV2=http://{mailbox}
  export {MAIL_FROM}={from}
  export {APP_URL}={app_url}{secret}

Ctrl-C ends it.",
        storage = storage(data_folder),
        from = mail_variables.from,
        app_url = mail_variables.app_url,
    )
}

fn storage(data_folder: Option<&Path>) -> String {
    data_folder.map_or_else(
        || "kept in memory only".to_owned(),
        |folder| format!("kept in {}", folder.display()),
    )
}

/// Unlike `println!`, it does not panic when the reader closes the pipe: `cargo dev | head -1`.
fn print(text: impl Display) {
    let mut stdout = io::stdout();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

fn fail(error: &StartError, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::from(code)
}
