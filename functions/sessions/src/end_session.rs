//! Ends one session of the caller: the one of this call, or another.

use shared::{
    Context, Error,
    audit::Action,
    session::{Caller, Identity},
    store::{SessionRecord, keys},
    token::SessionId,
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    This,
    Another,
}

/// Reads the record in the request that reads the account. Errors of authentication win over those of
/// `input`, and those over an unknown session.
pub(crate) async fn end_session(
    context: Context<'_>,
    identity: Identity,
    input: Result<Option<SessionId>, Error>,
) -> Result<Ended, Error> {
    let user_id = identity.claims.user_id;
    let named = input.as_ref().ok().and_then(Option::as_ref);
    let record_key = named.map(|id| keys::session_record(user_id, id));
    let (caller, item) = identity.authenticate_with_item(context, record_key).await?;
    let Caller {
        account, claims, ..
    } = caller;
    let id = input?.ok_or(Error::NotFound)?;

    let (app, now) = (context.app, context.now());
    let (ended, auth_time, expires_at) = if id == claims.session_id {
        // It may have no record, and is live: the call has just authenticated.
        (Ended::This, claims.auth_time, claims.expires_at)
    } else {
        let record = item.map(SessionRecord::read).transpose()?.flatten();
        let record = record
            .filter(|record| record.is_live(&account, now))
            .ok_or(Error::NotFound)?;
        let auth_time = record.created_at.seconds();
        (Ended::Another, auth_time, record.expires_at)
    };
    let until = app.tokens.session_end(auth_time, expires_at, now);
    context
        .audit(Action::Logout, account.id, async |entry| {
            app.store.end_session(account.id, &id, until, entry).await
        })
        .await?;
    Ok(ended)
}
