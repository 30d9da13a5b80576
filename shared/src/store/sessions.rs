//! Sessions that end early, and tokens that are traded in, leave an item. A token is valid without any.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    Item, SessionRecord, Store, Write, account_is_not_being_deleted, account_item, audit_log, keys,
    session_records,
};
use crate::{
    Error, Timestamp, TokenFault,
    account::Account,
    audit::NewEntry,
    token::{Claims, SessionId, TokenId, last_expiry},
};

/// The account, session and token that a token names, as they are now.
#[derive(Debug)]
pub struct SessionState {
    pub account: Option<Account>,
    pub is_ended: bool,
    pub traded_in_at: Option<Timestamp>,
    /// Another item of the user's, read in the same request.
    pub item: Option<Item>,
}

impl Store {
    /// Strongly consistent, in one request. `item_key` names another item to read along.
    pub async fn session_state(
        &self,
        claims: &Claims,
        item_key: Option<Item>,
        now: Timestamp,
    ) -> Result<SessionState, Error> {
        let item_sort_key = item_key.as_ref().and_then(keys::sort_key);
        let item_sort_key = item_sort_key.map(str::to_owned);
        let mut wanted = vec![
            keys::account(claims.user_id),
            keys::ended_session(claims.user_id, &claims.session_id),
            keys::traded_in_token(claims.user_id, &claims.token_id),
        ];
        wanted.extend(item_key);
        let mut state = SessionState {
            account: None,
            is_ended: false,
            traded_in_at: None,
            item: None,
        };
        for item in self.read_batch(wanted).await? {
            match keys::sort_key(&item) {
                sk if sk.is_some() && sk == item_sort_key.as_deref() => state.item = Some(item),
                Some(keys::ACCOUNT) => state.account = Some(account_item::read(item)?),
                // DynamoDB may delete expired items days late.
                Some(_) if number(&item, "expires_at")? <= now.seconds() => {}
                Some(sk) if sk.starts_with(keys::ENDED_SESSION_PREFIX) => state.is_ended = true,
                _ => {
                    let millis = number(&item, "traded_in_at")?;
                    state.traded_in_at = Some(Timestamp::from_millis(millis));
                }
            }
        }
        Ok(state)
    }

    /// Ends one session. An account that is gone or being deleted has none left.
    pub async fn end_session(
        &self,
        user_id: Uuid,
        session_id: &SessionId,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let until = last_expiry(entry.entry.timestamp);
        self.transact(vec![
            account_is_not_being_deleted(user_id).or_skip(),
            Write::put(ended_session(user_id, session_id, until)),
            session_records::end(user_id, session_id, until),
            audit_log::write(user_id, entry),
        ])
        .await
    }

    /// Ends all sessions of an account. [`Error::Conflict`] says that something else changed them
    /// first.
    pub async fn end_every_session(
        &self,
        account: &Account,
        now: Timestamp,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let next = Write::update(
            keys::account(account.id),
            "SET session_generation = :next, sessions_ended_at = :now",
        )
        .when("session_generation = :current AND is_leaving = :no")
        .with(":no", AttributeValue::Bool(false))
        .with(":next", keys::count(account.session_generation + 1))
        .with(":current", keys::count(account.session_generation))
        .with(":now", keys::number(now.seconds()))
        .or(|| Error::Conflict);
        self.transact(vec![next, audit_log::write(account.id, entry)])
            .await
    }

    /// Ends all sessions of an account but one, which goes on with a token of `changed`.
    pub async fn end_other_sessions(
        &self,
        account: &Account,
        changed: &Account,
        session: &SessionRecord,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let next = Write::update(
            keys::account(account.id),
            "SET session_generation = :next, sessions_ended_at = :now",
        )
        .with(":next", keys::count(changed.session_generation))
        .with(
            ":now",
            keys::optional(changed.sessions_ended_at, keys::number),
        );
        self.transact(vec![
            while_sessions_live(next, account),
            session_records::renew(account.id, session),
            audit_log::write(account.id, entry),
        ])
        .await
    }

    /// Marks a token as traded in. The time of the first of several trades at once counts for all
    /// of them.
    pub async fn trade_in(
        &self,
        account: &Account,
        token_id: &TokenId,
        remembered_until: Timestamp,
        session: &SessionRecord,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let trade = Write::update(
            keys::traded_in_token(account.id, token_id),
            "SET traded_in_at = if_not_exists(traded_in_at, :now), expires_at = :expires_at",
        )
        .with(":now", keys::number(session.last_used_at.millis()))
        .with(":expires_at", keys::number(remembered_until.seconds()));
        self.transact(vec![
            while_sessions_live(Write::check(keys::account(account.id)), account),
            trade,
            session_records::renew(account.id, session),
            audit_log::write(account.id, entry),
        ])
        .await
    }
}

/// Nothing may have ended the sessions since the account was read.
fn while_sessions_live(write: Write, account: &Account) -> Write {
    write
        .when("session_generation = :generation AND is_active = :yes AND is_leaving = :no")
        .with(":generation", keys::count(account.session_generation))
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .or(|| TokenFault::Revoked("every session was ended meanwhile").into())
}

fn ended_session(user_id: Uuid, id: &SessionId, until: Timestamp) -> Item {
    keys::item(
        keys::ended_session(user_id, id),
        [("expires_at", keys::number(until.seconds()))],
    )
}

fn number(item: &Item, name: &str) -> Result<i64, Error> {
    keys::read_number(item, name).ok_or(Error::Internal("a session item cannot be read"))
}
