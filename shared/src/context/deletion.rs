//! The rest of a deletion that has begun, as far as the time allows.

use tokio::time::timeout;

use super::Context;
use crate::{
    Error, Timestamp,
    account::Account,
    mail::{Mail, MailKind},
};

/// How far a deletion got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    Finished,
    /// The time was over. Each step may be cut off and repeated.
    GoesOn,
}

impl Context<'_> {
    pub async fn go_on_with_deletion(
        &self,
        account: &Account,
        until: Timestamp,
    ) -> Result<Deletion, Error> {
        let rest = async {
            let store = &self.app.store;
            store.sweep(account.id).await?;
            let farewell = self.farewell(account)?;
            store.finish_deletion(account, farewell.as_ref()).await
        };
        match timeout(self.now().duration_until(until), rest).await {
            Ok(finished) => finished.map(|()| Deletion::Finished),
            Err(_elapsed) => Ok(Deletion::GoesOn),
        }
    }

    /// `mailer` finds no account any more that says whether its address can be written to.
    fn farewell(&self, account: &Account) -> Result<Option<Mail>, Error> {
        if account.undeliverable_email.as_ref() == Some(&account.email_normal) {
            return Ok(None);
        }
        self.notice(MailKind::AccountDeleted, account)
    }
}
