//! Which accounts does a word name?

use std::fmt::Write;

use shared::{
    account::{Account, Email, Identifier, Username},
    store::Store,
};
use tokio::try_join;
use uuid::Uuid;

use crate::{
    arguments::{By, User},
    failure::Failure,
    output::visible,
};

/// A username may look like the id of another account, so there can be two.
pub async fn find(store: &Store, wanted: &User) -> Result<Vec<Account>, Failure> {
    let User { user, by } = wanted;
    let asked_by = |kind| by.is_none_or(|by| by == kind);
    let text = user.trim();
    let id = Uuid::try_parse(text).ok().filter(|_| asked_by(By::Id));
    let email = Email::parse(text)
        .ok()
        .filter(|_| asked_by(By::Email))
        .map(Identifier::Email);
    let username = Username::parse(text)
        .ok()
        .filter(|_| asked_by(By::Username))
        .map(Identifier::Username);
    let (by_id, by_email, by_username) = try_join!(
        async { Ok(id) },
        owner(store, email.as_ref()),
        owner(store, username.as_ref()),
    )?;
    let mut found: Vec<Account> = Vec::new();
    for id in [by_id, by_email, by_username].into_iter().flatten() {
        if found.iter().all(|known| known.id != id) {
            found.extend(store.account(id).await?);
        }
    }
    if found.is_empty() {
        let what = match by {
            None => "e-mail, username or id",
            Some(By::Email) => "e-mail",
            Some(By::Username) => "username",
            Some(By::Id) => "id",
        };
        return Err(Failure::new(format!(
            "no account has the {what} {}: check the spelling, and that this is the right place",
            visible(user)
        )));
    }
    Ok(found)
}

/// The one account that is meant.
pub async fn find_one(store: &Store, wanted: &User) -> Result<Account, Failure> {
    let mut found = find(store, wanted).await?;
    match (found.pop(), found.is_empty()) {
        (Some(account), true) => Ok(account),
        (last, _) => {
            let mut ids = String::new();
            for account in found.iter().chain(&last) {
                let separator = if ids.is_empty() { "" } else { " and " };
                let _ = write!(ids, "{separator}{}", account.id);
            }
            Err(Failure::new(format!(
                "{} names two accounts, {ids}: say which is meant with --by email, --by username or --by id",
                visible(&wanted.user)
            )))
        }
    }
}

async fn owner(store: &Store, identifier: Option<&Identifier>) -> Result<Option<Uuid>, Failure> {
    match identifier {
        None => Ok(None),
        Some(identifier) => Ok(store.owner_of(identifier).await?),
    }
}
