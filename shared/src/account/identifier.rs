//! The name by which a caller without a session names an account.

use super::{Email, Username};

#[derive(Debug)]
pub enum Identifier {
    Email(Email),
    Username(Username),
}

impl Identifier {
    /// An e-mail has an `@` and a username never has one, so no two names share a normal form.
    #[must_use]
    pub fn normal(&self) -> &str {
        match self {
            Self::Email(email) => email.normal(),
            Self::Username(username) => username.normal(),
        }
    }
}
