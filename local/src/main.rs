//! `cargo dev`: see `--help` in `arguments.rs`.

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
use local::data::{DataFolder, usual_folder};
use local::database::{self, CREDENTIAL, REGION};
use local::functions::Functions;
use local::routes::Routes;
use local::secret::Secret;
use local::start_error::StartError;
use local::template::Template;
use local::{app, gateway, listen};
use shared::Settings;
use tokio::sync::oneshot;

const SECRET: &str = "BETTER_AUTH_SECRET";

#[tokio::main]
async fn main() -> ExitCode {
    shared::http::install_log();
    shared::http::quiet_panics();
    let arguments = match Arguments::parse(env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(refusal) => return give_up(&refusal, 2),
    };
    if arguments.help {
        say(HELP);
        return ExitCode::SUCCESS;
    }
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => give_up(&refusal, 1),
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    // First of all, so that Ctrl-C is never deadly to the database file.
    let end = end_signal()?;
    let template = Template::read()?;
    let folder = if arguments.in_memory {
        None
    } else {
        Some(DataFolder::open(usual_folder(environment))?)
    };
    let secret = match (environment(SECRET), &folder) {
        (Some(_), _) => None,
        (None, Some(folder)) => Some(Secret::kept_in(&folder.secret())?),
        (None, None) => Some(Secret::fresh()?),
    };
    let settings = settings(secret.as_ref())?;

    let for_gateway = if arguments.database_alone {
        None
    } else {
        Some(listen::on_loopback(arguments.gateway_port, "--port").await?)
    };
    let for_database = listen::on_loopback(arguments.database_port, "--database-port").await?;
    let at = address(&for_database)?;

    let name = settings.table_name.clone();
    let data = match &folder {
        Some(folder) => database::open_file(&folder.database(), &template.table, &name)?,
        None => database::open_memory(&template.table, &name)?,
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(database::serve_until(for_database, data, async {
        drop(stopped.await);
    }));

    let kept_in = folder.as_ref().map(DataFolder::path);
    if let Some(listener) = for_gateway {
        let app = app::app(settings, at);
        let functions = Functions::new(|_| Arc::clone(&app));
        every_function_is_there(&template, &functions)?;
        let routes = Routes::new(&template.functions)?;
        say(greeting(address(&listener)?, at, &name, kept_in));
        gateway::serve_until(listener, routes, functions, end).await;
    } else {
        let secret_file = folder
            .as_ref()
            .filter(|_| secret.is_some())
            .map(DataFolder::secret);
        say(instructions(at, &name, kept_in, secret_file.as_deref()));
        end.await;
    }

    // Every write is already safe on disk: this only lets the file be closed in good order.
    drop(stop);
    let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
    Ok(())
}

/// An empty variable counts as absent.
fn environment(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the command's own settings, read at its start"
    )]
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn settings(made_up: Option<&Secret>) -> Result<Settings, StartError> {
    Settings::read(|name| match made_up {
        Some(secret) if name == SECRET => Some(secret.reveal().to_owned()),
        _ => environment(name),
    })
    .map_err(|error| StartError::new(error.to_string()))
}

fn every_function_is_there(template: &Template, functions: &Functions) -> Result<(), StartError> {
    match template
        .functions
        .iter()
        .find(|function| !functions.has(&function.binary))
    {
        None => Ok(()),
        Some(unknown) => Err(StartError::new(format!(
            "template.yaml has {} with the binary {}, which local/src/functions.rs does not list",
            unknown.logical_id, unknown.binary
        ))),
    }
}

fn address(listener: &tokio::net::TcpListener) -> Result<SocketAddr, StartError> {
    let unknown = |error| StartError::new(format!("cannot tell the address of a port: {error}"));
    listener.local_addr().map_err(unknown)
}

/// Ready on Ctrl-C, or when the system asks the process to end.
fn end_signal() -> Result<impl Future<Output = ()>, StartError> {
    let deaf = |error| StartError::new(format!("cannot listen for Ctrl-C: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(deaf)?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}

fn greeting(gateway: SocketAddr, database: SocketAddr, table: &str, kept: Option<&Path>) -> String {
    format!(
        r#"Latchkey listens on http://{gateway}
DynamoDB listens on http://{database} (table {table}, {kept})

Try it:
  curl -i http://{gateway}/api/auth/signup \
    -H 'Content-Type: application/json' \
    -d '{{"email": "ada@example.com", "password": "seven quiet otters"}}'

Ctrl-C ends it."#,
        kept = whereabouts(kept),
    )
}

fn instructions(
    database: SocketAddr,
    table: &str,
    kept: Option<&Path>,
    secret: Option<&Path>,
) -> String {
    // By its file, for the secret itself belongs on no screen.
    let secret = match secret {
        Some(file) => format!("\n  export {SECRET}=\"$(cat '{}')\"", file.display()),
        None if environment(SECRET).is_none() => {
            format!("\n  export {SECRET}=\"$(openssl rand -hex 32)\"")
        }
        None => String::new(),
    };
    format!(
        "DynamoDB listens on http://{database} (table {table}, {kept})

For `cargo lambda watch` or `sam local start-api`, in another terminal:
  export AWS_ENDPOINT_URL_DYNAMODB=http://{database}
  export AWS_REGION={REGION}
  export AWS_ACCESS_KEY_ID={CREDENTIAL}
  export AWS_SECRET_ACCESS_KEY={CREDENTIAL}
  export TABLE_NAME={table}{secret}

Ctrl-C ends it.",
        kept = whereabouts(kept),
    )
}

fn whereabouts(kept: Option<&Path>) -> String {
    kept.map_or_else(
        || "kept in memory only".to_owned(),
        |folder| format!("kept in {}", folder.display()),
    )
}

/// Unlike `println!` it does not panic when the reader has gone, as in `cargo dev | head -1`.
fn say(text: impl Display) {
    let mut stdout = io::stdout();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

fn give_up(refusal: &StartError, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{refusal}");
    ExitCode::from(code)
}
