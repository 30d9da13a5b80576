//! The data folder of `cargo dev`. A lock file lets one run use it at a time.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::start_error::StartError;

/// A locked data folder. Dropping this value releases the lock.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    // Closing the file releases the lock. The operating system does so for a killed process.
    _lock: File,
}

impl DataFolder {
    /// # Errors
    /// When the folder cannot be created, or another run has locked it.
    pub fn open(path: PathBuf) -> Result<Self, StartError> {
        let shown = path.display();
        fs::create_dir_all(&path).map_err(|error| {
            StartError::new(format!("cannot create the folder {shown}: {error}"))
        })?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(|error| StartError::new(format!("cannot write in {shown}: {error}")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::new(format!(
                "another `cargo dev` is using the data in {shown}: stop it first, or start this \
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

/// The data folder that the environment selects.
pub fn default_folder(lookup: impl Fn(&str) -> Option<String>) -> PathBuf {
    if let Some(folder) = lookup("LATCHKEY_DATA_DIR") {
        return folder.into();
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
    fn a_folder_can_be_opened_once_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("created/with/its/parents");

        let first = DataFolder::open(path.clone()).unwrap();
        let error = DataFolder::open(path.clone()).unwrap_err().to_string();
        assert!(
            error.starts_with("another `cargo dev` is using the data in "),
            "{error}"
        );

        drop(first);
        DataFolder::open(path).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_created_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = DataFolder::open(file.path().join("below"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("cannot create the folder "), "{error}");
    }

    #[test]
    fn the_folder_is_in_the_target_folder_unless_the_environment_selects_one() {
        let in_target = default_folder(|name| (name == "CARGO_TARGET_DIR").then(|| "/t".into()));
        assert_eq!(in_target, Path::new("/t/latchkey"));
        assert_eq!(
            default_folder(|_| Some("/chosen".into())),
            Path::new("/chosen")
        );
        assert!(default_folder(|_| None).ends_with("target/latchkey"));
    }
}
