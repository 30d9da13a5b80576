//! Sessions leave an item only when they end early, and tokens only when they are traded in.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    Store, accounts, activity, keys,
    transaction::Outcome,
    write::{Write, not_leaving},
};
use crate::{Error, Timestamp, TokenFault, account::Account, activity::NewEntry};

/// What the store knows of a token's account, session and self.
#[derive(Debug)]
pub struct Standing {
    pub account: Option<Account>,
    pub session_ended: bool,
    pub traded_in_at: Option<Timestamp>,
    /// What else was asked for.
    pub beside: Option<keys::Item>,
}

impl Store {
    /// Strongly consistent, in one request, with another item of the user's where its sort key is given.
    pub async fn standing(
        &self,
        user_id: Uuid,
        session_id: &str,
        token_id: &str,
        beside: Option<&str>,
        now: Timestamp,
    ) -> Result<Standing, Error> {
        let mut wanted = vec![
            keys::account(user_id),
            keys::ended_session(user_id, session_id),
            keys::traded_in_token(user_id, token_id),
        ];
        wanted.extend(beside.map(|sk| keys::of_user(user_id, sk)));
        let found = self.read_batch(wanted).await?;
        let mut standing = Standing {
            account: None,
            session_ended: false,
            traded_in_at: None,
            beside: None,
        };
        for item in found {
            match keys::sort_key(&item) {
                sk if sk.is_some() && sk == beside => standing.beside = Some(item),
                Some(keys::ACCOUNT) => standing.account = Some(accounts::read(item)?),
                // The table's own expiry may be days late.
                Some(_) if number(&item, "expires_at")? <= now.seconds() => {}
                Some(sk) if sk.starts_with("SESSION#") => standing.session_ended = true,
                _ => {
                    let millis = number(&item, "traded_in_at")?;
                    standing.traded_in_at = Some(Timestamp::from_millis(millis));
                }
            }
        }
        Ok(standing)
    }

    /// Ends one session. Of an account that is gone or leaving, nothing is left to end, and nothing
    /// may be left behind.
    pub async fn end_session(
        &self,
        user_id: Uuid,
        session_id: &str,
        until: Timestamp,
        log: &NewEntry,
    ) -> Result<(), Error> {
        let mut ended = keys::ended_session(user_id, session_id);
        ended.insert("expires_at".to_owned(), keys::number(until.seconds()));
        self.transact(vec![
            not_leaving(user_id),
            Write::put(ended),
            activity::write(user_id, log),
        ])
        .await?;
        Ok(())
    }

    /// Ends every session at once. False if something else changed the account's sessions first.
    pub async fn end_every_session(
        &self,
        account: &Account,
        now: Timestamp,
        log: &NewEntry,
    ) -> Result<bool, Error> {
        let next = Write::update(
            keys::account(account.id),
            "SET session_generation = :next, sessions_ended_at = :now",
        )
        .when("session_generation = :current")
        .with(":next", keys::count(account.session_generation + 1))
        .with(":current", keys::count(account.session_generation))
        .with(":now", keys::number(now.seconds()));
        Ok(matches!(
            self.transact(vec![next, activity::write(account.id, log)])
                .await?,
            Outcome::Committed
        ))
    }

    /// Marks a token as traded in. Of several at once the first one's time holds, and that is good
    /// for all of them.
    pub async fn trade_in(
        &self,
        account: &Account,
        token_id: &str,
        expires_at: Timestamp,
        now: Timestamp,
        log: &NewEntry,
    ) -> Result<(), Error> {
        let trade = Write::update(
            keys::traded_in_token(account.id, token_id),
            "SET traded_in_at = if_not_exists(traded_in_at, :now), expires_at = :expires_at",
        )
        .with(":now", keys::number(now.millis()))
        .with(":expires_at", keys::number(expires_at.seconds()));
        let outcome = self
            .transact(vec![
                Write::check(keys::account(account.id))
                    .when("session_generation = :generation AND is_active = :yes AND is_leaving = :no")
                    .with(":generation", keys::count(account.session_generation))
                    .with(":yes", AttributeValue::Bool(true))
                    .with(":no", AttributeValue::Bool(false)),
                trade,
                activity::write(account.id, log),
            ])
            .await?;
        if outcome.was_refused_by(0) {
            return Err(TokenFault::Revoked("every session was ended meanwhile").into());
        }
        Ok(())
    }
}

fn number(item: &keys::Item, name: &str) -> Result<i64, Error> {
    keys::read_number(item, name).ok_or(Error::Internal("a session item cannot be read"))
}
