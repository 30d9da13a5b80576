//! Writes everything of an account into one file, page by page as its owner gets it.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use me::export::read_page;
use serde::Serialize;
use shared::{Context, Error, account::Account, audit::Action};

use super::{
    change::{require_not_being_deleted, trace},
    export_file::ExportFile,
};
use crate::{
    arguments::User,
    failure::Failure,
    output::{AccountJson, Output, tell, visible},
    place::Connected,
    users,
};

#[derive(Serialize)]
struct Exported<'a> {
    file: &'a Path,
    items: u64,
    account: AccountJson<'a>,
}

pub async fn export(
    connected: &Connected,
    output: Output,
    user: &User,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let account = users::find_one(&connected.app.store, user).await?;
    require_not_being_deleted(&account)?;
    let to_stdout = file == Some(Path::new("-"));
    let file = file.map_or_else(
        || PathBuf::from(format!("latchkey-{}.json", account.id)),
        Path::to_path_buf,
    );
    if to_stdout {
        let mut stdout = BufWriter::new(io::stdout());
        let items = write(connected, &account, &mut stdout, "standard output").await?;
        stdout
            .flush()
            .map_err(|error| cannot_write("standard output", &error))?;
        tell(&format!(
            "{items} items of {} are written.",
            visible(&account.email)
        ));
        return Ok(());
    }
    let shown = file.display().to_string();
    if file.symlink_metadata().is_ok() {
        return Err(exists(&shown));
    }
    // It disappears unless it is whole. Nobody else can read it.
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut temporary = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| cannot_write(&shown, &error))?;
    let mut buffer = BufWriter::new(temporary.as_file_mut());
    let items = write(connected, &account, &mut buffer, &shown).await?;
    buffer
        .flush()
        .map_err(|error| cannot_write(&shown, &error))?;
    drop(buffer);
    let kept = temporary.as_file().sync_all();
    kept.map_err(|error| cannot_write(&shown, &error))?;
    temporary
        .persist_noclobber(&file)
        .map_err(|refused| match refused.error.kind() {
            io::ErrorKind::AlreadyExists => exists(&shown),
            _ => cannot_write(&shown, &refused.error),
        })?;
    let exported = Exported {
        file: &file,
        items,
        account: AccountJson::from(&account),
    };
    output.print(&exported, || {
        format!(
            "{items} items of {} are in {shown}.",
            visible(&account.email)
        )
    });
    Ok(())
}

/// The entry comes first: nothing is handed out without one.
async fn write(
    connected: &Connected,
    account: &Account,
    out: &mut (impl Write + Send),
    shown: &str,
) -> Result<u64, Failure> {
    let trace = trace(connected).await?;
    let context = Context {
        app: &connected.app,
        trace: &trace,
    };
    let store = &context.app.store;
    context
        .audit(Action::AccountExport, account.id, async |entry| {
            store.record(account.id, entry).await
        })
        .await?;
    let mut failed = None;
    let mut file =
        ExportFile::begin(out, context.now()).map_err(|error| cannot_write(shown, &error))?;
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
            return Err(cannot_write(shown, &error));
        }
        from = next?;
        if from.is_none() {
            break;
        }
    }
    file.end().map_err(|error| cannot_write(shown, &error))
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
