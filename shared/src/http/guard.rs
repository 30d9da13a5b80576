//! The first checks of every call with a token, in their order: 401, then 403 for the origin.

use super::{Request, origin};
use crate::{
    App, Error,
    account::AccountStanding,
    session::{self, Caller, Transport},
};

pub async fn caller_for_read(app: &App, request: &Request) -> Result<Caller, Error> {
    session::caller(app, request.headers()).await
}

pub async fn caller_for_change(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = session::caller(app, request.headers()).await?;
    refuse_foreign_cookie(app, request, caller)
}

/// A deletion that was cut off can be finished by its owner, who can do nothing else any more.
pub async fn caller_for_deletion(app: &App, request: &Request) -> Result<Caller, Error> {
    let caller = session::caller_in_any_standing(app, request.headers()).await?;
    match caller.account.standing() {
        AccountStanding::Active | AccountStanding::Leaving => {
            refuse_foreign_cookie(app, request, caller)
        }
        AccountStanding::Suspended => Err(Error::AccountInactive),
    }
}

/// A page of another site can make a browser send the cookie, and cannot make it send a bearer.
fn refuse_foreign_cookie(app: &App, request: &Request, caller: Caller) -> Result<Caller, Error> {
    if caller.transport == Transport::Cookie {
        origin::refuse_foreign(app, request)?;
    }
    Ok(caller)
}
