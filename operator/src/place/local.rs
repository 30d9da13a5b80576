//! The database of `cargo dev`, with the settings that it runs with.

use std::{
    fs::{self, File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use shared::Settings;

use super::settings::{SECRET, environment, read_settings, stand_in};
use crate::failure::Failure;

/// `cargo dev` sets these where its own environment does not.
const MAIL: [(&str, &str); 2] = [
    ("MAIL_FROM", "no-reply@latchkey.example"),
    ("APP_URL", "http://127.0.0.1:9000"),
];

pub fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

pub fn where_it_is(port: u16) -> String {
    format!("the database of `cargo dev` on port {port}")
}

/// The settings, and whether the secret is the one of the database.
pub fn settings_of_cargo_dev() -> Result<(Settings, bool), Failure> {
    let secret = match environment(SECRET) {
        Some(secret) => Some(secret),
        None => secret_in_use(&data_folder(environment))?,
    };
    let knows_secret = secret.is_some();
    let secret = secret.map_or_else(stand_in, Ok)?;
    let read = read_settings(|name| {
        if name == SECRET {
            return Some(secret.clone());
        }
        let of_cargo_dev = || MAIL.iter().find(|(known, _)| *known == name);
        environment(name).or_else(|| of_cargo_dev().map(|(_, value)| (*value).to_owned()))
    })?;
    Ok((read, knows_secret))
}

/// The secret of a `cargo dev` that runs on this folder. One with `--memory` has another secret, and keeps
/// it to itself: an older one of the folder would find none of its counters.
fn secret_in_use(folder: &Path) -> Result<Option<String>, Failure> {
    let Ok(lock) = File::open(folder.join("lock")) else {
        return Ok(None);
    };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => kept_secret(&folder.join("secret")),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// None if `cargo dev` has kept none there.
fn kept_secret(file: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!(
            "the secret of `cargo dev` in {} cannot be read: {error}",
            file.display()
        ))),
    }
}

/// Where `cargo dev` keeps data and secret.
fn data_folder(lookup: impl Fn(&str) -> Option<String>) -> PathBuf {
    if let Some(folder) = lookup("LATCHKEY_DATA_DIR") {
        return folder.into();
    }
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = lookup("CARGO_TARGET_DIR").map_or_else(
        || package.parent().unwrap_or(package).join("target"),
        PathBuf::from,
    );
    target.join("latchkey")
}

/// The user of this machine.
pub fn operator() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(environment);
    format!("local:{}", name.as_deref().unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_that_of_cargo_dev() {
        for (name, value) in [
            ("LATCHKEY_DATA_DIR", "/chosen"),
            ("CARGO_TARGET_DIR", "/t"),
            ("HOME", "/root"),
        ] {
            let lookup = |wanted: &str| (wanted == name).then(|| value.to_owned());
            assert_eq!(data_folder(lookup), local::data::default_folder(lookup));
        }
    }
}
