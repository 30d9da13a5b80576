//! Signs up without a session, where an e-mail must be verified first. Nobody learns whether the
//! e-mail was free: a taken one makes the same requests, and its owner gets a mail that tells of it.

use futures_util::future::join;
use shared::{
    Context, Error,
    account::Account,
    audit::Action,
    mail::{LinkPurpose, MailKind},
};
use uuid::Uuid;

use crate::new_account::NewAccount;

pub(crate) async fn sign_up_in_silence(
    context: Context<'_>,
    new: &NewAccount,
) -> Result<(), Error> {
    let app = context.app;
    let username = new.checked_username(context)?;
    // Boxed: each future holds a whole request.
    let (by_address, owner) = join(
        Box::pin(context.count_by_address(&app.settings.limits.signup_per_address)),
        Box::pin(app.store.owner_of_email(&new.email)),
    )
    .await;
    by_address?;
    let owner = owner?;
    // Only now: a call that the address's limit refuses must not keep the owner from signing up.
    context
        .count_mail_by_name("signup", new.email.normal())
        .await?;
    let account = new.account(context, &username).await?;
    let outcome = match owner {
        None => create(context, new, &account).await,
        Some(owner) => tell_owner(context, new, &account, owner).await,
    };
    if let Err(error) = &outcome {
        new.log_taken(context, error).await?;
    }
    outcome
}

async fn create(context: Context<'_>, new: &NewAccount, account: &Account) -> Result<(), Error> {
    let store = &context.app.store;
    let link = context.link(LinkPurpose::VerifyEmail, account, &account.email)?;
    let created = context.audit(Action::Signup, account.id, async |entry| {
        store
            .create_account(account, None, Some(&link), entry)
            .await
    });
    match created.await {
        // Another sign-up was faster. Its account is the owner now, unless it is gone again.
        Err(Error::EmailTaken) => match store.owner_of_email(&new.email).await? {
            Some(owner) => tell_owner(context, new, account, owner).await,
            None => Err(Error::Unavailable("an e-mail was taken and freed again")),
        },
        outcome => outcome,
    }
}

/// An owner whose account is being deleted is not told: the e-mail is free soon.
async fn tell_owner(
    context: Context<'_>,
    new: &NewAccount,
    account: &Account,
    owner: Uuid,
) -> Result<(), Error> {
    let store = &context.app.store;
    let mail = context.notice_to(MailKind::EmailTaken, owner, &new.email)?;
    let link = context.link(LinkPurpose::VerifyEmail, account, &account.email)?;
    let taken = Error::EmailTaken;
    new.audit_taken(context, &taken, async |entry| {
        store.owe_email_taken(&mail, account, &link, entry).await
    })
    .await
}
