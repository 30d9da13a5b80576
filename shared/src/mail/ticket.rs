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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Email, Username};

    const NOW: i64 = 1_000_000;

    fn account() -> Account {
        let email = Email::parse("Ada@example.com").unwrap();
        let username = Username::parse("ada").unwrap();
        let now = Timestamp::from_seconds(NOW);
        let id = Uuid::from_u128(1);
        Account::new(id, &email, &username, [None, None], String::new(), now)
    }

    /// Whether links of every purpose are good for an account that has changed since they were made.
    fn is_good(change: impl Fn(&mut Account)) -> bool {
        let mut changed = account();
        change(&mut changed);
        let [first, second, third] = LinkPurpose::ALL.map(|purpose| {
            let account = account();
            let mail_id = Uuid::from_u128(2);
            let ticket = LinkTicket {
                purpose,
                mail_id,
                session_generation: account.session_generation,
                email_normal: account.email_normal,
                new_email: None,
                expires_at: NOW + 1,
            };
            let now = Timestamp::from_seconds(NOW);
            let late = Timestamp::from_seconds(NOW + 1);
            assert!(!ticket.is_good_for(Uuid::from_u128(3), &changed, now));
            assert!(!ticket.is_good_for(mail_id, &changed, late));
            ticket.is_good_for(mail_id, &changed, now)
        });
        assert!(first == second && second == third);
        first
    }

    #[test]
    fn a_new_password_another_email_and_a_suspension_void_every_link() {
        assert!(is_good(|_| {}));
        assert!(!is_good(|account| account.session_generation += 1));
        assert!(!is_good(
            |account| "b@example.com".clone_into(&mut account.email_normal)
        ));
        assert!(!is_good(|account| account.is_active = false));
        assert!(!is_good(|account| account.is_leaving = true));
    }

    #[test]
    fn other_capitals_and_another_username_void_none() {
        assert!(is_good(
            |account| "ADA@example.com".clone_into(&mut account.email)
        ));
        assert!(is_good(
            |account| "bob".clone_into(&mut account.username_normal)
        ));
        assert!(is_good(|account| account.email_verified = true));
    }
}
