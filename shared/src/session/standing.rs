//! Who is calling, and whether they still may: identity from the token, standing from the store.

use http::HeaderMap;

use super::{Claims, Transport, presented_token};
use crate::{
    App, Error, Timestamp, TokenFault,
    account::{Account, AccountState},
    activity::{Action, NewEntry, Trace, announce},
    store::{Item, Standing},
};

/// How long a token that was traded in goes on working: two tabs may refresh at once.
const GRACE_MILLIS: i64 = 30_000;

#[derive(Debug)]
pub struct Caller {
    pub account: Account,
    pub claims: Claims,
    pub transport: Transport,
}

/// What a token alone says, before anything is read.
#[derive(Debug)]
pub struct Identity {
    pub claims: Claims,
    pub transport: Transport,
}

impl Identity {
    /// Without I/O.
    pub fn of(app: &App, headers: &HeaderMap) -> Result<Self, Error> {
        let (token, transport) = presented_token(headers, app.settings.cookie_naming)?;
        let claims = app.tokens.verify(token, app.clock.now())?;
        Ok(Self { claims, transport })
    }

    /// The owner of a session that goes on and of an account that is active, in one round trip.
    pub async fn into_caller(self, app: &App, trace: &Trace) -> Result<Caller, Error> {
        let (caller, _) = self.into_caller_with(app, trace, None).await?;
        Ok(caller)
    }

    /// In the same request also an item of theirs, by its sort key.
    pub async fn into_caller_with(
        self,
        app: &App,
        trace: &Trace,
        sort_key: Option<&str>,
    ) -> Result<(Caller, Option<Item>), Error> {
        let (caller, item) = self.in_any_standing(app, trace, sort_key).await?;
        match caller.account.state() {
            AccountState::Active => Ok((caller, item)),
            AccountState::Suspended => Err(Error::AccountInactive),
            AccountState::BeingDeleted => {
                Err(TokenFault::Revoked("the account is being deleted").into())
            }
        }
    }

    /// Of a suspended account or of one whose deletion was cut off, too.
    pub async fn into_caller_in_any_standing(
        self,
        app: &App,
        trace: &Trace,
    ) -> Result<Caller, Error> {
        let (caller, _) = self.in_any_standing(app, trace, None).await?;
        Ok(caller)
    }

    async fn in_any_standing(
        self,
        app: &App,
        trace: &Trace,
        sort_key: Option<&str>,
    ) -> Result<(Caller, Option<Item>), Error> {
        let Self { claims, transport } = self;
        let now = app.clock.now();
        let mut standing = app
            .store
            .standing(
                claims.user_id,
                &claims.session_id,
                &claims.token_id,
                sort_key,
                now,
            )
            .await?;
        let (traded_in_at, item) = (standing.traded_in_at, standing.beside.take());
        let account = still_good(standing, &claims)?;
        if is_reuse(traded_in_at, now) {
            let refusal = TokenFault::Revoked("used after it was traded in").into();
            let log = NewEntry::of(app, trace, Action::Reuse, Err(&refusal))?;
            let until = app.tokens.session_end(&claims, now);
            app.store
                .end_session(claims.user_id, &claims.session_id, until, &log)
                .await?;
            announce(claims.user_id, &log.entry);
            return Err(refusal);
        }
        let caller = Caller {
            account,
            claims,
            transport,
        };
        Ok((caller, item))
    }
}

fn still_good(standing: Standing, claims: &Claims) -> Result<Account, TokenFault> {
    let account = standing
        .account
        .ok_or(TokenFault::Revoked("no such account"))?;
    if standing.session_ended {
        return Err(TokenFault::Revoked("the session was ended"));
    }
    let of_this_generation = match claims.generation {
        Some(generation) => generation == account.session_generation,
        None => account
            .sessions_ended_at
            .is_none_or(|ended| claims.issued_at > ended),
    };
    if of_this_generation {
        Ok(account)
    } else {
        Err(TokenFault::Revoked("every session was ended"))
    }
}

fn is_reuse(traded_in_at: Option<Timestamp>, now: Timestamp) -> bool {
    traded_in_at.is_some_and(|then| now.millis() - then.millis() >= GRACE_MILLIS)
}
