//! What a call did to an account, kept in that account's log and said in the process log.

use uuid::Uuid;

use super::Request;
use crate::{
    App, Error,
    activity::{Action, NewEntry, announce},
};

/// For what leaves no item of its own; whatever does takes its entry with it in one transaction.
pub async fn record(
    app: &App,
    request: &Request,
    user_id: Uuid,
    action: Action,
    outcome: Result<(), &Error>,
) -> Result<(), Error> {
    let new = NewEntry::of(app, &request.trace, action, outcome)?;
    app.store.record(user_id, &new).await?;
    announce(user_id, &new.entry);
    Ok(())
}
