//! Uses a mailed link: the e-mail counts as verified from then on. A link to a new e-mail makes it that
//! of the account.

use shared::{
    Context, Error,
    account::{Account, Email},
    audit::Action,
    mail::{LinkPurpose, LinkToken},
    store::LinkState,
};
use uuid::Uuid;

use crate::email_changed::{Progress, email_changed};

pub(crate) async fn use_link(context: Context<'_>, token: &str) -> Result<Account, Error> {
    let token = open(context, token)?;
    let LinkState { account, ticket } = context.app.store.link_state(&token).await?;
    let now = context.now();
    let (account, ticket) = account
        .zip(ticket)
        .filter(|(account, ticket)| ticket.is_good_for(token.mail_id, account, now))
        .ok_or(Error::LinkInvalid)?;
    match ticket.new_email {
        None => verify(context, &account, token.mail_id).await,
        Some(new) => change(context, &account, token.mail_id, &new).await,
    }
}

/// The page behind both links is the same, so it cannot tell for which of them it calls.
fn open(context: Context<'_>, token: &str) -> Result<LinkToken, Error> {
    let open = |purpose| LinkToken::open(&context.app.seal, purpose, token);
    open(LinkPurpose::VerifyEmail).or_else(|_| open(LinkPurpose::ChangeEmail))
}

async fn verify(context: Context<'_>, account: &Account, mail_id: Uuid) -> Result<Account, Error> {
    let (store, now) = (&context.app.store, context.now());
    context
        .audit(Action::EmailVerify, account.id, async |entry| {
            store.verify_email(account, mail_id, now, entry).await
        })
        .await
}

/// If somebody else has got the e-mail meanwhile, the link stays good: they may give it up.
async fn change(
    context: Context<'_>,
    account: &Account,
    mail_id: Uuid,
    new: &str,
) -> Result<Account, Error> {
    let unreadable = "the new e-mail of a ticket cannot be read";
    let new = Email::parse(new).map_err(|_| Error::Internal(unreadable))?;
    let notice = email_changed(context, account, &new, Progress::Done)?;
    let (store, now) = (&context.app.store, context.now());
    context
        .audit(Action::EmailChange, account.id, async |entry| {
            store
                .change_email(account, mail_id, &new, now, &notice, entry)
                .await
        })
        .await
}
