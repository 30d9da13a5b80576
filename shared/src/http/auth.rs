//! The first checks of every call with a token: 401, then 403 for a foreign origin, then 403 for
//! the path of another user.

use http::header::AUTHORIZATION;
use uuid::Uuid;

use super::{Request, refuse_foreign_origin};
use crate::{
    App, Context, Error,
    session::{Caller, Identity},
};

pub async fn authenticate(context: Context<'_>, request: &Request) -> Result<Caller, Error> {
    Identity::from_headers(context.app, request.headers())?
        .authenticate(context)
        .await
}

/// For calls that change something.
pub async fn authenticate_change(context: Context<'_>, request: &Request) -> Result<Caller, Error> {
    let caller = authenticate(context, request).await?;
    refuse_foreign_origin_without_bearer(context.app, request)?;
    Ok(caller)
}

/// The identity alone, for calls that authenticate while other work runs. Errors of authentication win
/// over the second result.
pub fn identity_for_change(
    context: Context<'_>,
    request: &Request,
) -> Result<(Identity, Result<(), Error>), Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let origin = refuse_foreign_origin_without_bearer(context.app, request);
    Ok((identity, origin))
}

/// Compares with the canonical form of the id alone, whether or not the other user exists.
pub fn require_path_of(user_id: Uuid, request: &Request) -> Result<(), Error> {
    if request.parameter("user_id") == Some(user_id.to_string().as_str()) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// A page of another site can make a browser send the cookie, and take one from the answer. It
/// cannot make it send a bearer, and a request with an `Authorization` header counts as one.
pub fn refuse_foreign_origin_without_bearer(app: &App, request: &Request) -> Result<(), Error> {
    if request.headers().contains_key(AUTHORIZATION) {
        Ok(())
    } else {
        refuse_foreign_origin(app, request)
    }
}
