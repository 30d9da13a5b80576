//! Mails the verification link again. An earlier one is void from then on.

use shared::{Context, Error, account::Account, mail::LinkPurpose};

pub(crate) enum Resent {
    Mailed,
    /// There is nothing to verify, so nothing was written.
    VerifiedAlready,
}

pub(crate) async fn resend_link(context: Context<'_>, account: &Account) -> Result<Resent, Error> {
    if account.email_verified {
        return Ok(Resent::VerifiedAlready);
    }
    let app = context.app;
    let purpose = LinkPurpose::VerifyEmail;
    let per_address = &app.settings.limits.links_per_address;
    context.count_by_address(per_address).await?;
    context.count_link(purpose, account.id).await?;
    let link = context.link(purpose, account, &account.email)?;
    app.store.owe_link(&link, None).await?;
    Ok(Resent::Mailed)
}
