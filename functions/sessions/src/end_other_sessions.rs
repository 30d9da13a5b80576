//! Ends all sessions of the caller but the one of this call, which goes on with a new token.

use shared::{
    Context, Error,
    account::Account,
    audit::Action,
    session::Caller,
    token::{Claims, IssuedToken},
};

pub(crate) struct Kept {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
}

/// Raises the generation, so no token of before is valid: sessions without a record end, too, and
/// those that are opened at this moment.
pub(crate) async fn end_other_sessions(
    context: Context<'_>,
    caller: Caller,
) -> Result<Kept, Error> {
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
    Ok(Kept {
        account: changed,
        token,
    })
}
