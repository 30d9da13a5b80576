//! Refreshes a session: the limit, the trade of the old token, the new token.

use shared::{
    Context, Error, Timestamp,
    account::Account,
    audit::Action,
    session::{Caller, GRACE_SECONDS, Identity},
    token::IssuedToken,
};

pub(crate) struct Refreshed {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
}

/// Rate-limits the session while loading the account. Errors of authentication win over those of
/// `input`, and those over the limit.
pub(crate) async fn refresh<T>(
    context: Context<'_>,
    identity: Identity,
    input: Result<T, Error>,
) -> Result<(Refreshed, T), Error> {
    let app = context.app;
    let claims = identity.claims.clone();
    // Boxed: the future holds a whole request.
    let counted = Box::pin(async {
        let input = input?;
        let limit = &app.settings.limits.refresh_per_session;
        context.count_by_session(limit, &claims).await?;
        Ok(input)
    });
    let (caller, input) = identity.authenticate_beside(context, counted).await?;

    let now = context.now();
    let Caller {
        account,
        claims,
        traded_in_at,
        ..
    } = caller;
    // Trades at once may give tokens of one id that expire some seconds apart. The trade of one is
    // remembered until the other has expired as well.
    let remembered_until = Timestamp::from_seconds(claims.expires_at + GRACE_SECONDS);
    let token_id = claims.token_id.clone();
    let first_traded_in_at = traded_in_at.unwrap_or(now);
    let token = app.tokens.succeed(&account, claims, first_traded_in_at)?;
    let session = context.session_record(&token.claims);
    context
        .audit(Action::Refresh, account.id, async |entry| {
            app.store
                .trade_in(&account, &token_id, remembered_until, &session, entry)
                .await
        })
        .await?;
    Ok((Refreshed { account, token }, input))
}
