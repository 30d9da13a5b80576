//! The limit of links for one account. Each purpose is counted by itself.

use shared::{Context, Error, account::Account, mail::LinkPurpose};

/// Counts one more link of that purpose, or refuses it.
pub(crate) async fn count_link(
    context: Context<'_>,
    purpose: LinkPurpose,
    account: &Account,
) -> Result<(), Error> {
    let app = context.app;
    let kind = format!("link {}", purpose.as_str());
    let whom = app.pseudonyms.of(&kind, &account.id.to_string())?;
    let per_account = &app.settings.limits.links_per_account;
    app.store.count(per_account, &whom, context.now()).await
}
