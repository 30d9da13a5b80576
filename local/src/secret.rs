//! The signing secret of a developer who has set none.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::{fmt, fs, io};

use shared::Entropy;

use crate::start_error::StartError;

const BYTES: usize = 32;

/// A made-up `BETTER_AUTH_SECRET`. `Debug` hides it, so that no log can show it by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn fresh() -> Result<Self, StartError> {
        let bytes: [u8; BYTES] = Entropy::system().bytes().map_err(|error| {
            StartError::new(format!(
                "cannot make a secret: {}",
                error.cause().unwrap_or_default()
            ))
        })?;
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
        Ok(Self(
            digits
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect(),
        ))
    }

    /// The secret in `file`, made and kept there if there is none yet: tokens of yesterday's run
    /// are still good today.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn kept_in(file: &Path) -> Result<Self, StartError> {
        match fs::read_to_string(file) {
            Ok(text) => Self::recognise(text.trim()).ok_or_else(|| {
                StartError::new(format!(
                    "{} does not hold a secret made by `cargo dev`: delete it for a new one, or \
                     set BETTER_AUTH_SECRET",
                    file.display()
                ))
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secret = Self::fresh()?;
                keep(&secret, file).map_err(|error| unusable(file, &error))?;
                Ok(secret)
            }
            Err(error) => Err(unusable(file, &error)),
        }
    }

    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn recognise(text: &str) -> Option<Self> {
        let ours = text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        ours.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whole or not at all, and never readable by others, not even for a moment: a temporary file is
/// born with mode 0600 and renamed when it is complete.
fn keep(secret: &Secret, file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut unfinished = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(unfinished, "{}", secret.0)?;
    unfinished.as_file().sync_all()?;
    unfinished.persist_noclobber(file)?;
    Ok(())
}

fn unusable(file: &Path, error: &io::Error) -> StartError {
    StartError::new(format!(
        "cannot keep a secret in {}: {error}",
        file.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_secret_is_64_hex_digits_and_never_the_same() {
        let secret = Secret::fresh().unwrap();
        assert_eq!(secret.reveal().len(), 64);
        assert!(secret.reveal().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(secret, Secret::fresh().unwrap());
    }

    #[test]
    fn a_kept_secret_is_the_same_in_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let first = Secret::kept_in(&file).unwrap();
        assert_eq!(Secret::kept_in(&file).unwrap(), first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_a_kept_secret() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        Secret::kept_in(&file).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_file_with_something_else_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "hunter2").unwrap();
        let refusal = Secret::kept_in(&file).unwrap_err().to_string();
        assert!(refusal.contains("delete it for a new one"), "{refusal}");
        assert!(!refusal.contains("hunter2"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "hunter2");
    }

    #[test]
    fn debug_output_does_not_show_it() {
        assert_eq!(format!("{:?}", Secret::fresh().unwrap()), "Secret(…)");
    }
}
