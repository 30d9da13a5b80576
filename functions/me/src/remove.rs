//! `DELETE me`: the account and everything of it. Called again, it finishes what was cut off.

use shared::{
    App, Error,
    account::Password,
    activity::{Action, NewEntry, announce},
    http::{Answer, Request, StatusCode, Success, caller_for_deletion, confirm_password},
    session::clearing_cookie,
};

pub(crate) async fn remove(app: &App, request: &Request) -> Result<Answer, Error> {
    let caller = caller_for_deletion(app, request).await?;
    let mut form = request.form()?;
    let password = form.required("password", Password::read);
    let password = form.finish(password)?;

    let action = Action::AccountDelete;
    confirm_password(app, request, &caller.account, &password, action).await?;
    app.store
        .delete_account(&caller.account, &app.clock)
        .await?;
    // Its own log is gone with the account.
    let log = NewEntry::of(app, &request.trace, action, Ok(()))?;
    announce(caller.account.id, &log.entry);
    Success::new(StatusCode::OK)
        .with_cookie(clearing_cookie(&app.settings))
        .answer()
}
