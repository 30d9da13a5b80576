//! The keyed hashes of the names that people log in by, and of their sessions.

use super::Context;
use crate::{
    account::{Account, Identifier},
    store::FailuresOf,
    token::Claims,
};

const EMAIL: &str = "email";
const USERNAME: &str = "username";

impl Context<'_> {
    /// Failures are counted, and unknown names logged, by this.
    #[must_use]
    pub fn pseudonym(&self, identifier: &Identifier) -> String {
        let kind = match identifier {
            Identifier::Email(_) => EMAIL,
            Identifier::Username(_) => USERNAME,
        };
        self.app.pseudonyms.of(kind, identifier.normal())
    }

    /// The failed logins by each name of an account: e-mail, then username.
    #[must_use]
    pub fn failures_of_names(&self, account: &Account) -> [FailuresOf; 2] {
        let of = |kind, normal: &str| FailuresOf::Name(self.app.pseudonyms.of(kind, normal));
        [
            of(EMAIL, &account.email_normal),
            of(USERNAME, &account.username_normal),
        ]
    }

    /// The keyed hash of a session, for its counters.
    #[must_use]
    pub fn session_pseudonym(&self, claims: &Claims) -> String {
        let name = format!("{}/{}", claims.user_id, claims.session_id);
        self.app.pseudonyms.of("session", &name)
    }
}
