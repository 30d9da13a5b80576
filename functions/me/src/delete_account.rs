//! Deletes an account with everything of it. The function `sweeper` does the part that takes longer
//! than a call.

use std::time::Duration;

use shared::{
    Context, Deletion, Error,
    account::{AccountState, Password},
    audit::Action,
    session::{Caller, Identity, confirm_password},
    store::Beginning,
};

/// The part of a call's time that is left for the answer after the deletion was cut off.
const FOR_THE_ANSWER: Duration = Duration::from_millis(800);

/// Errors of authentication win over an error in `password`.
pub(crate) async fn delete_account(
    context: Context<'_>,
    identity: Identity,
    password: Result<Password, Error>,
) -> Result<Deletion, Error> {
    let app = context.app;
    let share = app.call_timeout.saturating_sub(FOR_THE_ANSWER);
    let until = context.now().plus(share);
    let caller = authenticate(context, identity).await?;
    let action = Action::AccountDelete;
    confirm_password(context, &caller, &password?, action).await?;
    let account = caller.account;
    let beginning = app.store.begin_deletion(&account, context.now()).await?;
    if beginning == Beginning::ThisCall {
        // To the process log alone: the account's own log is deleted. Not at the end, which may be
        // another's, and not again at a repeat: one entry for a deletion.
        context.audit(action, account.id, async |_| Ok(())).await?;
    }
    context.go_on_with_deletion(&account, until).await
}

/// The owner of an account that is being deleted can do nothing but go on with it.
async fn authenticate(context: Context<'_>, identity: Identity) -> Result<Caller, Error> {
    let (caller, _) = identity.authenticate_in_any_state(context, None).await?;
    match caller.account.state() {
        AccountState::Active | AccountState::BeingDeleted => Ok(caller),
        AccountState::Suspended => Err(Error::AccountInactive),
    }
}
