//! Sets a new password by a mailed link: the seal, the ticket, the password rules, the new hash.

use shared::{
    Context, Error,
    account::Password,
    audit::Action,
    mail::{LinkPurpose, LinkToken, MailKind},
    session::Device,
};

use crate::new_password_rules::check_new_password;

/// Returns a device of the owner: strangers who keep the name locked do not keep the owner out.
pub(crate) async fn reset_password(
    context: Context<'_>,
    token: &str,
    new: &Password,
) -> Result<Device, Error> {
    let app = context.app;
    let token = LinkToken::open(&app.seal, LinkPurpose::ResetPassword, token)?;
    let state = app.store.link_state(&token).await?;
    let now = context.now();
    let (account, _) = state
        .account
        .zip(state.ticket)
        .filter(|(account, ticket)| ticket.is_good_for(token.mail_id, account, now))
        .ok_or(Error::LinkInvalid)?;
    check_new_password(new, &account, app.settings.password_min_length)?;

    let new_hash = app.hasher.hash(new, &app.entropy).await?;
    let notice = context.notice(MailKind::PasswordChanged, &account)?;
    let notice = notice.ok_or(Error::NotFound)?;
    let account = context
        .audit(Action::PasswordReset, account.id, async |entry| {
            app.store
                .reset_password(&account, token.mail_id, new_hash, now, &notice, entry)
                .await
        })
        .await?;
    Device::new(&account, &app.entropy)
}
