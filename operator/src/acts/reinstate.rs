//! Lets a suspended account log in again.

use shared::{
    Context,
    account::{Account, AccountState},
    audit::Action,
};

use super::change::Done;
use crate::failure::Failure;

pub fn already(account: &Account) -> Option<&'static str> {
    (account.state() == AccountState::Active).then_some("is not suspended.")
}

pub async fn reinstate(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let store = &context.app.store;
    context
        .audit(Action::AccountReinstate, account.id, async |entry| {
            store.reinstate(account, entry).await
        })
        .await?;
    Ok(Done::Changed(
        "is reinstated; its sessions from before stay ended.",
    ))
}
