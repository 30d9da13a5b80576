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
    let ended = if id == claims.session_id {
        // It may have no record, and is live: the call has just authenticated.
        Ended::This
    } else {
        let record = item.map(SessionRecord::read).transpose()?.flatten();
        let max_age = app.settings.session_max_age_seconds;
        if !record.is_some_and(|record| record.is_live(&account, max_age, now)) {
            return Err(Error::NotFound);
        }
        Ended::Another
    };
    context
        .audit(Action::Logout, account.id, async |entry| {
            app.store.end_session(account.id, &id, entry).await
        })
        .await?;
    Ok(ended)
}
