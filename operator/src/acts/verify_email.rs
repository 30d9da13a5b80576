//! Counts an e-mail as verified without its link: the operator knows that it is the owner's, and works.

use shared::{Context, account::Account, audit::Action};

use super::change::Done;
use crate::{failure::Failure, output::is_undeliverable};

pub fn already(account: &Account) -> Option<&'static str> {
    (account.email_verified && !is_undeliverable(account)).then_some("is already verified.")
}

pub async fn verify_email(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let (store, now) = (&context.app.store, context.now());
    context
        .audit(Action::EmailVerify, account.id, async |entry| {
            store.verify_email_unseen(account, now, entry).await
        })
        .await?;
    Ok(Done::Changed(if is_undeliverable(account) {
        "is verified, and mails are sent to it again."
    } else {
        "is verified."
    }))
}
