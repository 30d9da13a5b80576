//! The settings of a place, read by the product's own rules.

use shared::{Entropy, Settings};

use crate::failure::Failure;

pub const SECRET: &str = "BETTER_AUTH_SECRET";
pub const TABLE_NAME: &str = "TABLE_NAME";

pub fn read_settings(lookup: impl Fn(&str) -> Option<String>) -> Result<Settings, Failure> {
    Settings::read(lookup)
        .map_err(|error| Failure::new(format!("the settings cannot be used: {error}")))
}

/// In place of a secret that is not known. Nothing that depends on it leaves this process.
pub fn stand_in() -> Result<String, Failure> {
    let bytes: [u8; 32] = Entropy::system().bytes()?;
    Ok(shared::hex(&bytes))
}

/// An empty variable counts as unset.
pub fn environment(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "settings are read once, at start"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
