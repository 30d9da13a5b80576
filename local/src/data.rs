//! The folder that outlives a run, and the lock that keeps it to one run at a time.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::start_error::StartError;

/// A data folder that this run alone may use, until this value is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    // The operating system drops the lock with the file, also when the process is killed.
    _lock: File,
}

impl DataFolder {
    /// # Errors
    /// When the folder cannot be made, or another run holds it.
    pub fn open(path: PathBuf) -> Result<Self, StartError> {
        let shown = path.display();
        fs::create_dir_all(&path)
            .map_err(|error| StartError::new(format!("cannot make the folder {shown}: {error}")))?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(|error| StartError::new(format!("cannot write in {shown}: {error}")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::new(format!(
                "another `cargo dev` is using the data in {shown}: end it first, or start this \
                 one with --memory"
            ))),
            Err(TryLockError::Error(error)) => {
                Err(StartError::new(format!("cannot lock {shown}: {error}")))
            }
        }
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    #[must_use]
    pub fn secret(&self) -> PathBuf {
        self.path.join("secret")
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where `cargo dev` keeps its data, given the environment.
pub fn usual_folder(lookup: impl Fn(&str) -> Option<String>) -> PathBuf {
    if let Some(chosen) = lookup("LATCHKEY_DATA_DIR") {
        return chosen.into();
    }
    let target = lookup("CARGO_TARGET_DIR").map_or_else(
        || crate::template::workspace_root().join("target"),
        PathBuf::from,
    );
    target.join("latchkey")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_serves_one_run_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("made/on/the/way");

        let first = DataFolder::open(path.clone()).unwrap();
        let refusal = DataFolder::open(path.clone()).unwrap_err().to_string();
        assert!(
            refusal.starts_with("another `cargo dev` is using the data in "),
            "{refusal}"
        );

        drop(first);
        DataFolder::open(path).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_one_sentence() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refusal = DataFolder::open(file.path().join("below"))
            .unwrap_err()
            .to_string();
        assert!(refusal.starts_with("cannot make the folder "), "{refusal}");
    }

    #[test]
    fn the_folder_follows_cargos_target_folder_unless_told_otherwise() {
        let in_target = usual_folder(|name| (name == "CARGO_TARGET_DIR").then(|| "/t".into()));
        assert_eq!(in_target, Path::new("/t/latchkey"));
        assert_eq!(
            usual_folder(|_| Some("/chosen".into())),
            Path::new("/chosen")
        );
        assert!(usual_folder(|_| None).ends_with("target/latchkey"));
    }
}
