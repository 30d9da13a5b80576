//! Goes on with one deletion until nothing is left.

use shared::{
    Context, Deletion, Error, Timestamp, account::AccountState, store::keys, stream::NewItem,
};
use uuid::Uuid;

/// The stream brings the item again, and what is left is deleted then.
#[derive(Debug)]
pub(crate) struct ToRepeat;

pub(crate) async fn finish_deletion(
    context: Context<'_>,
    item: NewItem,
    until: Timestamp,
) -> Result<(), ToRepeat> {
    let request_id = &context.trace.request_id;
    let Some(user_id) = keys::user_of_partition(&item.pk) else {
        // It is as unreadable the next time.
        tracing::error!(request_id, "an item for the sweeper names no user");
        return Ok(());
    };
    let user = user_id.to_string();
    match go_on(context, user_id, until).await {
        Ok(Deletion::Finished) => {
            tracing::info!(request_id, user_id = user, "nothing of a deletion is left");
            Ok(())
        }
        Ok(Deletion::GoesOn) => {
            tracing::info!(
                request_id,
                user_id = user,
                "a deletion goes on with the next attempt"
            );
            Err(ToRepeat)
        }
        Err(error) => {
            let (error_code, cause) = (error.code().as_str(), error.cause());
            tracing::error!(
                request_id,
                user_id = user,
                error_code,
                cause,
                "a deletion was cut off"
            );
            Err(ToRepeat)
        }
    }
}

async fn go_on(context: Context<'_>, user_id: Uuid, until: Timestamp) -> Result<Deletion, Error> {
    let store = &context.app.store;
    match store.account(user_id).await? {
        // A call may have begun again just before another one finished: its item is left.
        None => store.sweep(user_id).await.map(|()| Deletion::Finished),
        Some(account) => match account.state() {
            AccountState::BeingDeleted => context.go_on_with_deletion(&account, until).await,
            AccountState::Active | AccountState::Suspended => Ok(Deletion::Finished),
        },
    }
}
