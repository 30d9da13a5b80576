//! Mails a link by which an owner sets a new password.
//!
//! Nobody learns whether an account has the name: every call makes the same requests on the same
//! items, and an account that gets no mail has one written for nobody in its place.

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
    let found = mailable_account(context, &forgotten.identifier).await?;
    let mut link = match &found {
        Some(account) => context.link(PURPOSE, account, &account.email)?,
        None => context.link_to_nobody(PURPOSE, forgotten.identifier.normal())?,
    };
    let callback = forgotten.callback.as_ref();
    link.mail.callback_url = callback.map(|callback| callback.as_str().to_owned());
    match found {
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
    let (by_address, owner) = join(
        Box::pin(context.count_by_address(&app.settings.limits.links_per_address)),
        Box::pin(app.store.owner_of(identifier)),
    )
    .await;
    by_address?;
    let id = owner?.unwrap_or_else(|| context.nobody(identifier.normal()));
    // Only now: a call that the address's limit refuses must not use up the links of a name. An
    // account has two names, and a refusal by account would tell that both are of one.
    let (by_name, may_be_mailed, found) = join3(
        Box::pin(context.count_mail_by_name(PURPOSE.as_str(), identifier.normal())),
        Box::pin(context.may_mail_link(PURPOSE, id)),
        Box::pin(app.store.account(id)),
    )
    .await;
    by_name?;
    let may_be_mailed = may_be_mailed?;
    Ok(found?.filter(|account| may_be_mailed && account.state() == AccountState::Active))
}
