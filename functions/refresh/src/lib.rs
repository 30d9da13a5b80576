//! `POST refresh`: trades a valid token for a new one of the same session.

use shared::{
    App, Error, Timestamp,
    http::{Answer, Endpoint, Method, Request, StatusCode, caller_for_change},
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
    let caller = caller_for_change(app, request).await?;
    let mut form = request.optional_form()?;
    let delivery = form
        .optional("credentials_handling", Delivery::parse)
        .unwrap_or(Delivery::like(caller.transport));
    form.finish(Some(()))?;

    let now = app.clock.now();
    let Claims {
        session_id,
        token_id,
        expires_at,
        auth_time,
        ..
    } = caller.claims;
    if !caller.is_traded_in {
        let expires_at = Timestamp::from_seconds(expires_at);
        app.store
            .trade_in(&caller.account, &token_id, expires_at, now)
            .await?;
    }
    let issued = app
        .tokens
        .issue(&caller.account, session_id, auth_time, now, &app.entropy)?;
    Ok(Answer::success(StatusCode::OK)
        .with_user(&caller.account)
        .with_token(&issued, delivery, app))
}
