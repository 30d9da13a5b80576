//! A setting that is true or false.

use super::SettingsError;

/// False by default.
pub(super) fn flag(name: &str, given: Option<&str>) -> Result<bool, SettingsError> {
    match given {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(SettingsError::new(format!("{name} must be true or false."))),
    }
}
