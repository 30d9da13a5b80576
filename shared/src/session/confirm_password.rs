//! Asks for the password once more before what cannot be undone. Failures are counted by session,
//! apart from logins: strangers cannot keep an owner from it, and a thief of the token cannot guess.

use super::{Caller, verify_password};
use crate::{
    Context, Error,
    account::{Comparison, Password},
    audit::{Action, Subject},
    store::FailuresOf,
};

pub async fn confirm_password(
    context: Context<'_>,
    caller: &Caller,
    password: &Password,
    action: Action,
) -> Result<(), Error> {
    let app = context.app;
    let Caller {
        account, claims, ..
    } = caller;
    let failures = FailuresOf::Session(context.session_pseudonym(claims));
    let free = app.settings.limits.login_free_failures;
    let attempt = app
        .store
        .begin_attempt(&failures, free, context.now())
        .await?;
    match verify_password(app, &attempt, password, Some(&account.password_hash)).await? {
        Comparison::Match | Comparison::OutdatedMatch => app.store.forget_failures(&failures).await,
        Comparison::Mismatch => {
            let wrong = Error::WrongPassword;
            let subject = Subject::Account(account.id);
            context
                .audit_failure(action, subject, &wrong, async |entry| {
                    app.store.record(account.id, entry).await
                })
                .await?;
            Err(wrong)
        }
    }
}
