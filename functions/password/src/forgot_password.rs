//! Mails a link by which an owner sets a new password.
//!
//! Nobody learns whether an account has the name: every call makes the same requests, and an account
//! that gets no mail has one written for nobody in its place.

use futures_util::future::{join, join3};
use shared::{
    Context, Error,
    account::{Account, AccountState, CallbackUrl, Identifier},
    mail::LinkPurpose,
};

const PURPOSE: LinkPurpose = LinkPurpose::ResetPassword;

pub(crate) struct ForgottenPassword {
    pub(crate) identifier: Identifier,
    /// Goes along in the link.
    pub(crate) callback: Option<CallbackUrl>,
}

pub(crate) async fn forgot_password(
    context: Context<'_>,
    forgotten: &ForgottenPassword,
) -> Result<(), Error> {
    let store = &context.app.store;
    let account = mailable_account(context, &forgotten.identifier).await?;
    let mut link = match &account {
        Some(account) => context.link(PURPOSE, account, &account.email)?,
        None => context.link_to_nobody(PURPOSE)?,
    };
    let callback = forgotten.callback.as_ref();
    link.mail.callback_url = callback.map(|callback| callback.as_str().to_owned());
    match account {
        Some(_) => store.owe_link(&link, None).await,
        None => store.owe_nobody(&link).await,
    }
}

/// Counts the call, and reads the account if it is one that may get a link.
async fn mailable_account(
    context: Context<'_>,
    identifier: &Identifier,
) -> Result<Option<Account>, Error> {
    let app = context.app;
    // Boxed: each future holds a whole request.
    let (by_address, by_name, owner) = join3(
        Box::pin(context.count_by_address(&app.settings.limits.links_per_address)),
        Box::pin(context.count_mail_by_name(PURPOSE.as_str(), identifier.normal())),
        Box::pin(app.store.owner_of(identifier)),
    )
    .await;
    by_address?;
    by_name?;
    // No account has the random id. Counting and reading it takes as long.
    let id = owner?.map_or_else(|| app.entropy.uuid(), Ok)?;
    // An account has two names. A refusal by account would tell that both are of one.
    let (may_be_mailed, found) = join(
        Box::pin(context.count_link_by_account(PURPOSE, id)),
        Box::pin(app.store.account(id)),
    )
    .await;
    let may_be_mailed = may_be_mailed?;
    Ok(found?.filter(|account| may_be_mailed && account.state() == AccountState::Active))
}
