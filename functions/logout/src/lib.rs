//! `POST logout`: ends this session, or every session of the user.

use shared::{
    App, Error,
    activity::{Action, NewEntry, announce},
    http::{Answer, Endpoint, Method, Request, StatusCode, Success, caller_for_change},
    session::{Caller, clearing_cookie},
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().auth(
        "/logout",
        &[(Method::POST, |app, request| Box::pin(log_out(app, request)))],
    )
}

/// Answers 200 with or without a session: who wants to be logged out is.
async fn log_out(app: &App, request: &Request) -> Result<Answer, Error> {
    let caller = match caller_for_change(app, request).await {
        Ok(caller) => Some(caller),
        Err(Error::Token(_) | Error::AccountInactive) => None,
        Err(error) => return Err(error),
    };
    let mut form = request.optional_form()?;
    let everywhere = form.flag("everywhere").unwrap_or(false);
    form.finish(Some(()))?;

    if let Some(caller) = caller {
        end(app, request, &caller, everywhere).await?;
    }
    Success::new(StatusCode::OK)
        .with_cookie(clearing_cookie(&app.settings))
        .answer()
}

async fn end(app: &App, request: &Request, caller: &Caller, everywhere: bool) -> Result<(), Error> {
    let Caller {
        account, claims, ..
    } = caller;
    let now = app.clock.now();
    let log = NewEntry::of(app, &request.trace, Action::Logout, Ok(()))?;
    if everywhere {
        // If something else changed the account's sessions first, that has ended them all.
        if !app.store.end_every_session(account, now, &log).await? {
            app.store.record(account.id, &log).await?;
        }
    } else {
        let until = app.tokens.session_end(claims, now);
        app.store
            .end_session(account.id, &claims.session_id, until, &log)
            .await?;
    }
    announce(account.id, &log.entry);
    Ok(())
}
