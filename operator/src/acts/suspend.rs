//! Locks an account until it is reinstated, and ends its sessions for good.

use shared::{
    Context,
    account::{Account, AccountState},
    audit::Action,
};

use super::change::Done;
use crate::failure::Failure;

pub fn already(account: &Account) -> Option<&'static str> {
    (account.state() == AccountState::Suspended).then_some("is already suspended.")
}

pub async fn suspend(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let (store, now) = (&context.app.store, context.now());
    context
        .audit(Action::AccountSuspend, account.id, async |entry| {
            store.suspend(account, now, entry).await
        })
        .await?;
    Ok(Done::Changed(
        "is suspended, and all its sessions have ended.",
    ))
}
