//! Forgets the failed logins by both names of an account.

use shared::{Context, account::Account, audit::Action};

use super::change::Done;
use crate::{failure::Failure, place::Connected};

/// Failures are counted under a keyed hash of the name.
pub fn require_secret(connected: &Connected) -> Result<(), Failure> {
    if connected.knows_secret {
        return Ok(());
    }
    Err(Failure::new(
        "`unlock` needs the secret of the functions: set BETTER_AUTH_SECRET to theirs, or use --stack",
    ))
}

pub async fn unlock(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let store = &context.app.store;
    let failures = context.failures_of_names(account);
    context
        .audit(Action::LoginUnlock, account.id, async |entry| {
            store.unlock(account, &failures, entry).await
        })
        .await?;
    Ok(Done::Changed(
        "can log in at once: its failed logins are forgotten.",
    ))
}
