//! `POST refresh`: trades a valid token for a new one of the same session.

use shared::{
    App, Error, Timestamp,
    activity::{Action, NewEntry, announce},
    http::{Answer, Endpoint, Method, Request, StatusCode, Success, caller_for_limited_change},
    session::{Claims, Delivery},
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().auth(
        "/refresh",
        &[(Method::POST, |app, request| Box::pin(refresh(app, request)))],
    )
}

async fn refresh(app: &App, request: &Request) -> Result<Answer, Error> {
    let limit = &app.settings.limits.refresh_per_session;
    let (caller, delivery) =
        caller_for_limited_change(app, request, wanted(request), limit).await?;
    let delivery = delivery.unwrap_or(Delivery::like(caller.transport));

    let now = app.clock.now();
    let Claims {
        session_id,
        token_id,
        expires_at,
        auth_time,
        ..
    } = caller.claims;
    let log = NewEntry::of(app, &request.trace, Action::Refresh, Ok(()))?;
    let expires_at = Timestamp::from_seconds(expires_at);
    app.store
        .trade_in(&caller.account, &token_id, expires_at, now, &log)
        .await?;
    announce(caller.account.id, &log.entry);
    let issued = app
        .tokens
        .issue(&caller.account, session_id, auth_time, now, &app.entropy)?;
    Success::new(StatusCode::OK)
        .with_user(&caller.account)
        .with_token(&issued, delivery, app)
        .answer()
}

/// How the new token is to be handed out, where the body says so.
fn wanted(request: &Request) -> Result<Option<Delivery>, Error> {
    let mut form = request.optional_form()?;
    let delivery = form.optional("credentials_handling", Delivery::parse);
    form.finish(Some(delivery))
}
