//! The first checks of every call with a token, in their order: 401, 403 for the origin, 403 for the
//! path.

use futures_util::future::join;
use uuid::Uuid;

use super::{Request, origin};
use crate::{
    App, Error,
    account::AccountState,
    limit::Rate,
    session::{Caller, Claims, Identity, Transport},
    store::Item,
};

pub async fn caller_for_read(app: &App, request: &Request) -> Result<Caller, Error> {
    Identity::of(app, request.headers())?
        .into_caller(app, &request.trace)
        .await
}

pub async fn caller_for_change(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = caller_for_read(app, request).await?;
    refuse_foreign_cookie(app, request, caller.transport)?;
    Ok(caller)
}

/// Counts a change by the caller's session, side by side with reading the caller's standing, which
/// is told first. What is not well formed or comes from a foreign page does not count.
pub async fn caller_for_limited_change<W>(
    app: &App,
    request: &Request,
    wanted: Result<W, Error>,
    rate: &Rate,
) -> Result<(Caller, W), Error> {
    let identity = Identity::of(app, request.headers())?;
    let wanted = refuse_foreign_cookie(app, request, identity.transport).and(wanted);
    let Claims {
        user_id,
        session_id,
        ..
    } = &identity.claims;
    // Under a name that no deletion has to look for.
    let session = app
        .pseudonyms
        .of("session", &format!("{user_id}/{session_id}"))?;
    let count = async |wanted| {
        app.store.count(rate, &session, app.clock.now()).await?;
        Ok(wanted)
    };
    beside_standing(app, request, identity, wanted, count).await
}

/// A deletion that was cut off can be finished by its owner, who can do nothing else any more.
pub async fn caller_for_deletion(app: &App, request: &Request) -> Result<Caller, Error> {
    let identity = Identity::of(app, request.headers())?;
    let caller = identity
        .into_caller_in_any_standing(app, &request.trace)
        .await?;
    match caller.account.state() {
        AccountState::Active | AccountState::BeingDeleted => {
            refuse_foreign_cookie(app, request, caller.transport)?;
            Ok(caller)
        }
        AccountState::Suspended => Err(Error::AccountInactive),
    }
}

/// The caller, whose id the path must name.
pub async fn owner_for_change(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = caller_for_change(app, request).await?;
    refuse_path_of_others(request, caller.account.id)?;
    Ok(caller)
}

/// An item of the caller, whose id the path must name, in one request with the caller's standing. What was wanted may be
/// wrong; then only the standing is read, since it is told first.
pub async fn item_as_owner(
    app: &App,
    request: &Request,
    sort_key: Result<String, Error>,
) -> Result<Item, Error> {
    let identity = Identity::of(app, request.headers())?;
    let sort_key = refuse_path_of_others(request, identity.claims.user_id).and(sort_key);
    let wanted = sort_key.as_deref().ok();
    let (_, item) = identity
        .into_caller_with(app, &request.trace, wanted)
        .await?;
    sort_key?;
    item.ok_or(Error::NotFound)
}

/// Reads data of the caller, whose id the path must name, side by side with the caller's standing.
/// What was wanted may be wrong; then only the standing is read, since it is told first.
pub async fn read_as_owner<W, T, F>(
    app: &App,
    request: &Request,
    wanted: Result<W, Error>,
    read: impl FnOnce(Uuid, W) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let identity = Identity::of(app, request.headers())?;
    let user_id = identity.claims.user_id;
    let wanted = refuse_path_of_others(request, user_id).and(wanted);
    let read = |wanted| read(user_id, wanted);
    let (_, data) = beside_standing(app, request, identity, wanted, read).await?;
    Ok(data)
}

/// The same where the path names nobody.
pub async fn read_as_caller<W, T, F>(
    app: &App,
    request: &Request,
    wanted: Result<W, Error>,
    read: impl FnOnce(Uuid, W) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let identity = Identity::of(app, request.headers())?;
    let user_id = identity.claims.user_id;
    let read = |wanted| read(user_id, wanted);
    let (_, data) = beside_standing(app, request, identity, wanted, read).await?;
    Ok(data)
}

/// Works on what is wanted side by side with reading the caller's standing, which is told first. What
/// is wanted may be wrong; then only the standing is read.
async fn beside_standing<W, T, F>(
    app: &App,
    request: &Request,
    identity: Identity,
    wanted: Result<W, Error>,
    work: impl FnOnce(W) -> F,
) -> Result<(Caller, T), Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let standing = identity.into_caller(app, &request.trace);
    match wanted {
        Err(error) => {
            standing.await?;
            Err(error)
        }
        Ok(wanted) => {
            let (caller, done) = join(standing, work(wanted)).await;
            Ok((caller?, done?))
        }
    }
}

/// By its canonical form alone: nobody has another.
fn refuse_path_of_others(request: &Request, user_id: Uuid) -> Result<(), Error> {
    if request.parameter("user_id") == Some(user_id.to_string().as_str()) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// A page of another site can make a browser send the cookie, and cannot make it send a bearer.
fn refuse_foreign_cookie(app: &App, request: &Request, transport: Transport) -> Result<(), Error> {
    match transport {
        Transport::Cookie => origin::refuse_foreign(app, request),
        Transport::Bearer => Ok(()),
    }
}
