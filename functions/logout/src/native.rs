//! `POST logout` in our own dialect. It answers 200 with or without a session.

use shared::{
    Context, Error,
    http::{Request, Response, StatusCode, authenticate_change},
    native::AuthResponse,
};

use crate::log_out::{self, Sessions};

pub(crate) async fn log_out(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let caller = match authenticate_change(context, request).await {
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
