//! Refuses a login whose password is right and whose e-mail nobody has verified, and mails the link
//! again, now and then.

use shared::{
    Context, Error,
    account::Account,
    audit::{Action, Subject},
    mail::LinkPurpose,
    store::{Attempt, RenewedLink},
};

const PURPOSE: LinkPurpose = LinkPurpose::VerifyEmail;
/// Mails take a while. A new link would make the one that is on its way void.
const SECONDS_BETWEEN_LINKS: i64 = 10 * 60;

/// Ends the attempt, which was no wrong password, and always returns an error.
pub(crate) async fn refuse_unverified(
    context: Context<'_>,
    account: &Account,
    attempt: &Attempt,
) -> Result<(), Error> {
    let store = &context.app.store;
    let link = due_link(context, account).await?;
    let refusal = Error::EmailNotVerified;
    let subject = Subject::Account(account.id);
    context
        .audit_failure(Action::Login, subject, &refusal, async |entry| {
            store
                .record_unverified_login(account.id, entry, attempt, link.as_ref())
                .await
        })
        .await?;
    Err(refusal)
}

/// None where the last link is younger than ten minutes, or the hour has had its links.
async fn due_link(context: Context<'_>, account: &Account) -> Result<Option<RenewedLink>, Error> {
    let replaces_until = context.now().seconds() - SECONDS_BETWEEN_LINKS;
    let last = context.app.store.link_ticket(account.id, PURPOSE).await?;
    let is_due = last.is_none_or(|last| last.issued_at() <= replaces_until);
    if !is_due || !context.may_mail_link(PURPOSE, account.id).await? {
        return Ok(None);
    }
    Ok(Some(RenewedLink {
        link: context.link(PURPOSE, account, &account.email)?,
        replaces_until,
    }))
}
