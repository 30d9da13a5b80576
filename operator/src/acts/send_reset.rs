//! Mails a link for a new password, as `password/forgot` does for an owner who asks.

use shared::{
    Context,
    account::{Account, AccountState},
    audit::Action,
    mail::LinkPurpose,
};

use super::change::Done;
use crate::{failure::Failure, output::is_undeliverable};

pub async fn send_reset(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    if context.app.settings.mail.is_none() {
        return Err(Failure::new(
            "mail is off here, MAIL_FROM and APP_URL are not set: nobody would send the link",
        ));
    }
    if account.state() != AccountState::Active {
        return Err(Failure::new(
            "the account is suspended, and gets no mail: reinstate it first",
        ));
    }
    if is_undeliverable(account) {
        return Err(Failure::new(
            "mails to this address came back, or its reader complained: none is sent there any more",
        ));
    }
    let store = &context.app.store;
    let link = context.link(LinkPurpose::ResetPassword, account, &account.email)?;
    context
        .audit(Action::PasswordResetSend, account.id, async |entry| {
            store.send_link(account, &link, entry).await
        })
        .await?;
    Ok(Done::Changed("is sent a link for a new password."))
}
