//! Writes everything of an account into one file, page by page as its owner gets it.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use me::export::read_page;
use serde::Serialize;
use shared::{Context, Error, account::Account, audit::Action, store::Store};
use tokio::task::spawn_blocking;

use super::{
    change::{require_not_being_deleted, trace},
    export_file::ExportFile,
};
use crate::{
    arguments::{STDOUT, User},
    failure::Failure,
    output::{AccountJson, Output, tell, visible, write_to_stdout},
    place::Connected,
    users,
};

/// Of a new file, until it is whole.
const TEMPORARY: &str = ".latchkey-export-";

#[derive(Serialize)]
struct Exported<'a> {
    file: &'a str,
    items: u64,
    account: AccountJson<'a>,
}

/// Takes the pages, one after another.
#[derive(Clone)]
enum Sink {
    Stdout,
    File(Arc<File>),
}

impl Sink {
    /// On a thread of its own: Ctrl-C is heard while a reader of the output lets it wait.
    async fn write(&self, text: Vec<u8>) -> io::Result<()> {
        let sink = self.clone();
        let writing = spawn_blocking(move || match sink {
            Self::Stdout => write_to_stdout(&text),
            Self::File(file) => (&*file).write_all(&text),
        });
        writing.await?
    }
}

pub async fn export(
    connected: &Connected,
    output: Output,
    user: &User,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let account = users::find_one(&connected.app.store, user).await?;
    require_not_being_deleted(&account)?;
    if file == Some(Path::new(STDOUT)) {
        let items = write(connected, &account, &Sink::Stdout, "standard output").await?;
        tell(&format!(
            "{items} items of {} are written.",
            visible(&account.email)
        ));
        return Ok(());
    }
    let file = file.map_or_else(
        || PathBuf::from(format!("latchkey-{}.json", account.id)),
        Path::to_path_buf,
    );
    let shown = file.display().to_string();
    if file.symlink_metadata().is_ok() {
        return Err(exists(&shown));
    }
    // It disappears unless it is whole. Nobody else can read it.
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| cannot_write(&shown, &error))?;
    let written = temporary.as_file().try_clone();
    let sink = Sink::File(Arc::new(
        written.map_err(|error| cannot_write(&shown, &error))?,
    ));
    let items = write(connected, &account, &sink, &shown).await?;
    let kept = temporary.as_file().sync_all();
    kept.map_err(|error| cannot_write(&shown, &error))?;
    temporary
        .persist_noclobber(&file)
        .map_err(|refused| match refused.error.kind() {
            io::ErrorKind::AlreadyExists => exists(&shown),
            _ => cannot_write(&shown, &refused.error),
        })?;
    let exported = Exported {
        file: &shown,
        items,
        account: AccountJson::from(&account),
    };
    let text = || {
        format!(
            "{items} items of {} are in {shown}.",
            visible(&account.email)
        )
    };
    output.print(&exported, text).await
}

/// The entry comes first: nothing is handed out without one.
async fn write(
    connected: &Connected,
    account: &Account,
    sink: &Sink,
    shown: &str,
) -> Result<u64, Failure> {
    let trace = trace(connected).await?;
    let context = Context {
        app: &connected.app,
        trace: &trace,
    };
    let store = &context.app.store;
    let recorded = context
        .audit(Action::AccountExport, account.id, async |entry| {
            store.record_or_conflict(account.id, entry).await
        })
        .await;
    if matches!(recorded, Err(Error::Conflict)) {
        require_still_whole(store, account).await?;
    }
    recorded?;
    let cannot_write = |error: io::Error| cannot_write(shown, &error);
    let mut failed = None;
    let mut file = ExportFile::begin(context.now()).map_err(cannot_write)?;
    let mut from = None;
    loop {
        let page = read_page(context, account, from, |item| {
            file.take(item).map(|()| true).map_err(|error| {
                failed = Some(error);
                Error::Internal("the file could not be written")
            })
        });
        let next = page.await;
        if let Some(error) = failed.take() {
            return Err(cannot_write(error));
        }
        from = next?;
        if from.is_none() {
            break;
        }
        sink.write(file.take_text()).await.map_err(cannot_write)?;
    }
    // A deletion that began meanwhile has taken items away from under the reading.
    require_still_whole(store, account).await?;
    let (text, items) = file.end().map_err(cannot_write)?;
    sink.write(text).await.map_err(cannot_write)?;
    Ok(items)
}

async fn require_still_whole(store: &Store, account: &Account) -> Result<(), Failure> {
    match store.account(account.id).await? {
        Some(now) if !now.is_leaving => Ok(()),
        _ => Err(Failure::new(
            "the deletion of the account has begun meanwhile: there is no whole export of it any more",
        )),
    }
}

fn cannot_write(shown: &str, error: &io::Error) -> Failure {
    Failure::new(format!(
        "{shown} cannot be written ({error}): name another file with --output"
    ))
}

fn exists(shown: &str) -> Failure {
    Failure::new(format!(
        "{shown} exists, and no file is overwritten: name another one with --output"
    ))
}
