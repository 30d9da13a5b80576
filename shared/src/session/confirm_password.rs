//! Asks for the password once more before what cannot be undone. A wrong one counts as a failed
//! login.

use super::verify_password;
use crate::{
    Context, Error,
    account::{Account, Comparison, Password},
    audit::{Action, Subject},
    store::FailuresOf,
};

pub async fn confirm_password(
    context: Context<'_>,
    account: &Account,
    password: &Password,
    action: Action,
) -> Result<(), Error> {
    let app = context.app;
    let failures = FailuresOf::Account(account.id);
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
