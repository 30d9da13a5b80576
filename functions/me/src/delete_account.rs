//! Deletes an account with everything of it. Called again, it finishes a deletion that was cut off.

use shared::{
    Context, Error,
    account::{AccountState, Password},
    audit::Action,
    session::{Caller, Identity, confirm_password},
};

/// Errors of authentication win over an error in `password`.
pub(crate) async fn delete_account(
    context: Context<'_>,
    identity: Identity,
    password: Result<Password, Error>,
) -> Result<(), Error> {
    let caller = authenticate(context, identity).await?;
    let action = Action::AccountDelete;
    confirm_password(context, &caller, &password?, action).await?;
    let account = caller.account;
    // The entry goes to the process log alone: the account's own log is deleted.
    context
        .audit(action, account.id, async |_| {
            let app = context.app;
            app.store.delete_account(&account, &app.clock).await
        })
        .await
}

/// The owner of an account whose deletion was cut off can do nothing but finish it.
async fn authenticate(context: Context<'_>, identity: Identity) -> Result<Caller, Error> {
    let (caller, _) = identity.authenticate_in_any_state(context, None).await?;
    match caller.account.state() {
        AccountState::Active | AccountState::BeingDeleted => Ok(caller),
        AccountState::Suspended => Err(Error::AccountInactive),
    }
}
