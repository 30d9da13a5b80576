//! The keyed hashes of the names that people log in by.

use super::Context;
use crate::{
    Error,
    account::{Account, Identifier},
    store::FailuresOf,
};

const EMAIL: &str = "email";
const USERNAME: &str = "username";

impl Context<'_> {
    /// Failures are counted, and unknown names logged, by this.
    pub fn pseudonym(&self, identifier: &Identifier) -> Result<String, Error> {
        let kind = match identifier {
            Identifier::Email(_) => EMAIL,
            Identifier::Username(_) => USERNAME,
        };
        self.app.pseudonyms.of(kind, identifier.normal())
    }

    /// The failed logins by each name of an account: e-mail, then username.
    pub fn failures_of_names(&self, account: &Account) -> Result<[FailuresOf; 2], Error> {
        let of = |kind, normal: &str| {
            let pseudonym = self.app.pseudonyms.of(kind, normal);
            pseudonym.map(FailuresOf::Name)
        };
        Ok([
            of(EMAIL, &account.email_normal)?,
            of(USERNAME, &account.username_normal)?,
        ])
    }
}
