//! The ticket of a link. An account has at most one of each purpose: a new one replaces it, so the
//! token of an older link is good for nothing any more.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use super::LinkPurpose;
use crate::{
    Timestamp,
    account::{Account, AccountState},
};

#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct LinkTicket {
    pub purpose: LinkPurpose,
    /// The mail that carries the link. Its id is in the token.
    pub mail_id: Uuid,
    /// The account's own when the link was made: a new password and a logout everywhere void it.
    pub session_generation: u64,
    /// The normal form of the account's e-mail when the link was made: another e-mail voids it.
    pub email_normal: String,
    /// The address that the account gets, as typed.
    #[serde(default)]
    pub new_email: Option<String>,
    /// In seconds.
    pub expires_at: i64,
}

impl LinkTicket {
    /// In seconds.
    #[must_use]
    pub fn issued_at(&self) -> i64 {
        self.expires_at - self.purpose.lifetime_seconds()
    }

    /// The next use of the link may still find that another one was faster.
    #[must_use]
    pub fn is_good_for(&self, mail_id: Uuid, account: &Account, now: Timestamp) -> bool {
        self.mail_id == mail_id
            && self.expires_at > now.seconds()
            && self.session_generation == account.session_generation
            && self.email_normal == account.email_normal
            && account.state() == AccountState::Active
    }
}

/// Shows ids alone: the addresses are personal.
impl fmt::Debug for LinkTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkTicket")
            .field("purpose", &self.purpose)
            .field("mail_id", &self.mail_id)
            .finish_non_exhaustive()
    }
}
