//! The first checks of every call with a token, in their order: 401, 403 for the origin, 403 for the
//! path.

use futures_util::future::join;
use uuid::Uuid;

use super::{Request, origin};
use crate::{
    App, Error,
    account::AccountStanding,
    session::{Caller, Identity, Transport},
};

pub async fn caller_for_read(app: &App, request: &Request) -> Result<Caller, Error> {
    Identity::of(app, request.headers())?.into_caller(app).await
}

pub async fn caller_for_change(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = caller_for_read(app, request).await?;
    refuse_foreign_cookie(app, request, caller)
}

/// A deletion that was cut off can be finished by its owner, who can do nothing else any more.
pub async fn caller_for_deletion(app: &App, request: &Request) -> Result<Caller, Error> {
    let identity = Identity::of(app, request.headers())?;
    let caller = identity.into_caller_in_any_standing(app).await?;
    match caller.account.standing() {
        AccountStanding::Active | AccountStanding::Leaving => {
            refuse_foreign_cookie(app, request, caller)
        }
        AccountStanding::Suspended => Err(Error::AccountInactive),
    }
}

/// The caller, whose id the path must name.
pub async fn owner_for_change(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = caller_for_change(app, request).await?;
    if names(request, caller.account.id) {
        Ok(caller)
    } else {
        Err(Error::Forbidden)
    }
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
    let standing = identity.into_caller(app);
    if !names(request, user_id) {
        standing.await?;
        return Err(Error::Forbidden);
    }
    match wanted {
        Err(error) => {
            standing.await?;
            Err(error)
        }
        Ok(wanted) => {
            let (caller, data) = join(standing, read(user_id, wanted)).await;
            caller?;
            data
        }
    }
}

/// By its canonical form alone: nobody has another.
fn names(request: &Request, user_id: Uuid) -> bool {
    request.parameter("user_id") == Some(user_id.to_string().as_str())
}

/// A page of another site can make a browser send the cookie, and cannot make it send a bearer.
fn refuse_foreign_cookie(app: &App, request: &Request, caller: Caller) -> Result<Caller, Error> {
    if caller.transport == Transport::Cookie {
        origin::refuse_foreign(app, request)?;
    }
    Ok(caller)
}
