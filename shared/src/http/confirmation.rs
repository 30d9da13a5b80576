//! The password, asked for once more before what cannot be taken back. A wrong one counts as a
//! failed login.

use super::Request;
use crate::{
    App, Error,
    account::{Account, Comparison, Password},
    activity::{Action, NewEntry, announce},
    session::prove_password,
    store::Target,
};

pub async fn confirm_password(
    app: &App,
    request: &Request,
    account: &Account,
    password: &Password,
    action: Action,
) -> Result<(), Error> {
    let target = Target::Account(account.id);
    let free = app.settings.limits.login_free_failures;
    let attempt = app
        .store
        .begin_attempt(&target, free, app.clock.now())
        .await?;
    match prove_password(app, &attempt, password, Some(&account.password_hash)).await? {
        Comparison::Match | Comparison::OutdatedMatch => app.store.forget_failures(&target).await,
        Comparison::Mismatch => {
            let wrong = Error::WrongPassword;
            let log = NewEntry::of(app, &request.trace, action, Err(&wrong))?;
            app.store.record(account.id, &log).await?;
            announce(account.id, &log.entry);
            Err(wrong)
        }
    }
}
