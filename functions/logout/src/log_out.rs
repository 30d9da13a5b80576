//! Logs out: ends this session, or every session of the user.

use shared::{Context, Error, audit::Action, session::Caller};

#[derive(Clone, Copy)]
pub(crate) enum Sessions {
    This,
    All,
}

pub(crate) async fn log_out(
    context: Context<'_>,
    caller: &Caller,
    sessions: Sessions,
) -> Result<(), Error> {
    let Caller {
        account, claims, ..
    } = caller;
    let (app, now) = (context.app, context.now());
    context
        .audit(Action::Logout, account.id, async |entry| match sessions {
            Sessions::This => {
                let id = &claims.session_id;
                app.store.end_session(account.id, id, entry).await
            }
            Sessions::All => match app.store.end_every_session(account, now, entry).await {
                // The other change has ended every session of the account.
                Err(Error::Conflict) => app.store.record(account.id, entry).await,
                outcome => outcome,
            },
        })
        .await
}
