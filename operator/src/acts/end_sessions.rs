//! Ends all sessions of an account.

use shared::{Context, account::Account, audit::Action};

use super::change::Done;
use crate::failure::Failure;

pub async fn end_sessions(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let (store, now) = (&context.app.store, context.now());
    context
        .audit(Action::Logout, account.id, async |entry| {
            store.end_every_session(account, now, entry).await
        })
        .await?;
    Ok(Done::Changed("has no session any more."))
}
