//! Ends all sessions of the caller but the one of this call, which goes on with a new token.

use shared::{
    Context, Error,
    account::Account,
    audit::Action,
    session::{Caller, Identity},
    token::{Claims, IssuedToken},
};

pub(crate) struct Kept {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
}

/// Raises the generation, so no token of before is valid: sessions without a record end, too, and
/// those that are opened at this moment. Counts the session while loading the account. Errors of
/// authentication win over those of `input`, and those over the limit.
pub(crate) async fn end_other_sessions<T>(
    context: Context<'_>,
    identity: Identity,
    input: Result<T, Error>,
) -> Result<(Kept, T), Error> {
    let claims = identity.claims.clone();
    // Boxed: the future holds a whole request.
    let counted = Box::pin(async {
        let input = input?;
        let limit = &context.app.settings.limits.endings_of_others_per_session;
        context.count_by_session(limit, &claims).await?;
        Ok(input)
    });
    let (caller, input) = identity.authenticate_beside(context, counted).await?;
    let Caller {
        account, claims, ..
    } = caller;
    let Claims {
        session_id,
        auth_time,
        ..
    } = claims;
    let (app, now) = (context.app, context.now());
    let changed = account.with_sessions_ended(now);
    // No password was given, so the 30 days of the session do not begin anew.
    let token = app
        .tokens
        .issue(&changed, session_id, auth_time, now, &app.entropy)?;
    let session = context.session_record(&token.claims);
    context
        .audit(Action::Logout, account.id, async |entry| {
            app.store
                .end_other_sessions(&account, &changed, &session, entry)
                .await
        })
        .await?;
    let kept = Kept {
        account: changed,
        token,
    };
    Ok((kept, input))
}
