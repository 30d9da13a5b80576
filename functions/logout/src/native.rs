//! `POST logout` in our own dialect. It answers 200 with or without a session.

use shared::{
    Context, Error, TokenFault,
    account::AccountState,
    http::{Request, Response, StatusCode, refuse_foreign_origin_without_bearer},
    native::AuthResponse,
    session::{Caller, Identity},
};

use crate::log_out::{self, Sessions};

pub(crate) async fn log_out(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    // The answer clears the cookie, so a foreign page is refused even without a session.
    refuse_foreign_origin_without_bearer(context.app, request)?;
    let caller = match authenticate(context, request).await {
        Ok(caller) => Some(caller),
        Err(Error::Token(_) | Error::AccountInactive) => None,
        Err(error) => return Err(error),
    };
    let mut form = request.optional_form()?;
    let everywhere = form.flag("everywhere").unwrap_or(false);
    form.finish(Some(()))?;

    if let Some(caller) = caller {
        let sessions = if everywhere {
            Sessions::All
        } else {
            Sessions::This
        };
        log_out::log_out(context, &caller, sessions).await?;
    }
    AuthResponse::new(StatusCode::OK)
        .clearing_cookie(context.app)
        .response()
}

/// A session of a suspended account can be ended too, so that it does not come back with the account.
async fn authenticate(context: Context<'_>, request: &Request) -> Result<Caller, Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let (caller, _) = identity.authenticate_in_any_state(context, None).await?;
    match caller.account.state() {
        AccountState::Active | AccountState::Suspended => Ok(caller),
        AccountState::BeingDeleted => {
            Err(TokenFault::Revoked("the account is being deleted").into())
        }
    }
}
