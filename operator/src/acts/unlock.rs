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
        "`unlock` needs the secret of the functions: set BETTER_AUTH_SECRET to it, or use --stack",
    ))
}

pub async fn unlock(context: Context<'_>, account: &Account) -> Result<Done, Failure> {
    let (store, now) = (&context.app.store, context.now());
    let mut counted = Vec::new();
    for failures in context.failures_of_names(account)? {
        if store.failures(&failures, now).await?.is_some() {
            counted.push(failures);
        }
    }
    if counted.is_empty() {
        return Ok(Done::Unchanged("has no failed logins that count."));
    }
    context
        .audit(Action::LoginUnlock, account.id, async |entry| {
            store.unlock(account, &counted, entry).await
        })
        .await?;
    Ok(Done::Changed(
        "can log in at once: its failed logins are forgotten.",
    ))
}
