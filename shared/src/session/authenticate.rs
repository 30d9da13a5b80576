//! Authenticates callers. Identity comes from the token, the state of account and session from the
//! store.

use futures_util::future::join;
use http::HeaderMap;

use super::{Transport, session_token};
use crate::{
    App, Context, Error, Timestamp, TokenFault,
    account::{Account, AccountState},
    audit::{Action, Subject},
    store::{Item, SessionState},
    token::{Claims, LEEWAY_SECONDS},
};

/// A token that was traded in keeps working so long: two tabs may refresh at once.
pub const GRACE_SECONDS: i64 = 30;

/// The owner of a valid session.
#[derive(Debug)]
pub struct Caller {
    pub account: Account,
    pub claims: Claims,
    pub transport: Transport,
    /// When the token was first traded in, if it was.
    pub traded_in_at: Option<Timestamp>,
}

/// The claims of a verified token. Nothing has been read from the store yet.
#[derive(Debug)]
pub struct Identity {
    pub claims: Claims,
    pub transport: Transport,
}

impl Identity {
    /// Makes no request: a bad token never reaches the store.
    pub fn from_headers(app: &App, headers: &HeaderMap) -> Result<Self, Error> {
        let (token, transport) = session_token(headers, app.settings.cookie_naming)?;
        let claims = app.tokens.verify(token, app.clock.now())?;
        Ok(Self { claims, transport })
    }

    /// Reads account and session in one request. The account must be active.
    pub async fn authenticate(self, context: Context<'_>) -> Result<Caller, Error> {
        let (caller, _) = self.authenticate_with_item(context, None).await?;
        Ok(caller)
    }

    /// Reads one of the user's items in the same request.
    pub async fn authenticate_with_item(
        self,
        context: Context<'_>,
        item_key: Option<Item>,
    ) -> Result<(Caller, Option<Item>), Error> {
        let (caller, item) = self.authenticate_in_any_state(context, item_key).await?;
        match caller.account.state() {
            AccountState::Active => Ok((caller, item)),
            AccountState::Suspended => Err(Error::AccountInactive),
            AccountState::BeingDeleted => {
                Err(TokenFault::Revoked("the account is being deleted").into())
            }
        }
    }

    /// Authenticates while `work` runs. Errors of authentication win over those of the work.
    pub async fn authenticate_beside<T>(
        self,
        context: Context<'_>,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<(Caller, T), Error> {
        let (caller, done) = join(self.authenticate(context), work).await;
        Ok((caller?, done?))
    }

    /// Also accepts an account that is suspended or whose deletion was cut off.
    pub async fn authenticate_in_any_state(
        self,
        context: Context<'_>,
        item_key: Option<Item>,
    ) -> Result<(Caller, Option<Item>), Error> {
        let Self { claims, transport } = self;
        let now = context.now();
        let store = &context.app.store;
        let mut state = store.session_state(&claims, item_key, now).await?;
        let (traded_in_at, item) = (state.traded_in_at, state.item.take());
        let account = require_live_session(state, &claims)?;
        if is_reuse(traded_in_at, now) {
            return Err(end_reused_session(context, &claims).await?);
        }
        let caller = Caller {
            account,
            claims,
            transport,
            traded_in_at,
        };
        Ok((caller, item))
    }
}

fn require_live_session(state: SessionState, claims: &Claims) -> Result<Account, Error> {
    let account = state
        .account
        .ok_or(TokenFault::Revoked("no such account"))?;
    if state.is_ended {
        return Err(TokenFault::Revoked("the session was ended").into());
    }
    let is_of_this_generation = match claims.generation {
        Some(generation) => generation == account.session_generation,
        // The clock of another issuer may be ahead. Its token may be older than its `iat` says.
        None => account
            .sessions_ended_at
            .is_none_or(|ended| claims.issued_at > ended + LEEWAY_SECONDS),
    };
    match (is_of_this_generation, account.state()) {
        (true, _) => Ok(account),
        // A suspension ends every session. Until it is over, it is the reason that callers get.
        (false, AccountState::Suspended) => Err(Error::AccountInactive),
        (false, _) => Err(TokenFault::Revoked("every session was ended").into()),
    }
}

fn is_reuse(traded_in_at: Option<Timestamp>, now: Timestamp) -> bool {
    traded_in_at.is_some_and(|then| now.millis() - then.millis() >= GRACE_SECONDS * 1000)
}

/// Owner and thief cannot be told apart, so the session ends for both.
async fn end_reused_session(context: Context<'_>, claims: &Claims) -> Result<Error, Error> {
    let error = TokenFault::Revoked("used after it was traded in").into();
    let user_id = claims.user_id;
    let subject = Subject::Account(user_id);
    context
        .audit_failure(Action::Reuse, subject, &error, async |entry| {
            let store = &context.app.store;
            store.end_session(user_id, &claims.session_id, entry).await
        })
        .await?;
    Ok(error)
}
