//! Asks for another e-mail: the limits, the password, a link to the new address and a notice to the old
//! one. Nothing changes before the link is used.
//!
//! An address that somebody else has makes the same requests. Its owner gets a mail that says so, and
//! the caller sees no difference.

use futures_util::future::join;
use shared::{
    Context, Error,
    account::{Account, Email, Password},
    audit::Action,
    mail::{LinkPurpose, MailKind, NewLink},
    session::{Caller, confirm_password},
};

use crate::email_changed::{Progress, email_changed};

pub(crate) struct NewEmail {
    pub(crate) email: Email,
    /// The password of the account, once more.
    pub(crate) password: Password,
}

pub(crate) async fn request_change(
    context: Context<'_>,
    caller: &Caller,
    new: &NewEmail,
) -> Result<(), Error> {
    let NewEmail { email, password } = new;
    let (app, account) = (context.app, &caller.account);
    let per_address = &app.settings.limits.links_per_address;
    context.count_by_address(per_address).await?;
    confirm_password(context, caller, password, Action::EmailChange).await?;
    // Only now: wrong passwords have a limit of their own, and mail nobody.
    let purpose = LinkPurpose::ChangeEmail;
    let (counted, owner) = join(
        context.count_link(purpose, account.id),
        app.store.owner_of_email(email),
    )
    .await;
    counted?;
    // Many accounts may ask for one address, which is not theirs.
    context
        .count_mail_by_name(purpose.as_str(), email.normal())
        .await?;
    let is_taken = owner?.is_some_and(|owner| owner != account.id);

    let link = link(context, account, email, is_taken)?;
    let notice = email_changed(context, account, email, Progress::Requested)?;
    app.store.owe_link(&link, Some(&notice)).await
}

/// A taken address has a ticket as well, and nobody ever has its token: the mail to the address carries
/// no link.
fn link(
    context: Context<'_>,
    account: &Account,
    new: &Email,
    is_taken: bool,
) -> Result<NewLink, Error> {
    let mut link = context.link(LinkPurpose::ChangeEmail, account, new.shown())?;
    if is_taken {
        link.mail.kind = MailKind::EmailTaken;
    }
    Ok(link)
}
