//! Accounts, and the two claims that keep their e-mails and usernames unique.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    Item, SessionRecord, Store, Write, account_item, audit_log,
    claims::{claim_email, claim_username},
    keys, links, mails, new_password, session_records,
};
use crate::{
    Error, Timestamp,
    account::{Account, Email, Identifier, Username},
    audit::NewEntry,
    mail::{Mail, NewLink},
};

/// So long nobody else can have a username that was given up: links and mentions still lead to its
/// last owner.
const USERNAME_RESTS_SECONDS: i64 = 24 * 60 * 60;

/// The fields that an owner may change. An absent name is cleared.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile<'a> {
    pub username: &'a str,
    pub username_normal: &'a str,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
}

impl<'a> Profile<'a> {
    #[must_use]
    pub fn of(account: &'a Account) -> Self {
        Self {
            username: &account.username,
            username_normal: &account.username_normal,
            first_name: account.first_name.as_deref(),
            last_name: account.last_name.as_deref(),
        }
    }

    pub fn rename(&mut self, username: &'a Username) {
        self.username = username.shown();
        self.username_normal = username.normal();
    }
}

impl Store {
    /// All items or none: of two sign-ups at once one wins, and one that loses by the username
    /// leaves the e-mail free.
    pub async fn create_account(
        &self,
        account: &Account,
        session: Option<&SessionRecord>,
        link: Option<&NewLink>,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let username = keys::username_claim(&account.username_normal);
        let mut writes = vec![
            Write::put(account_item::write(account))
                .when("attribute_not_exists(pk)")
                .or(|| Error::Internal("a random account id was there already")),
            claim_email(&account.email_normal, account.id),
            claim_username(username, account.id, account.created_at),
            audit_log::write(account.id, entry),
        ];
        writes.extend(session.map(|session| session_records::write(account.id, session)));
        writes.extend(link.into_iter().flat_map(links::write));
        self.transact(writes).await
    }

    pub async fn owner_of(&self, identifier: &Identifier) -> Result<Option<Uuid>, Error> {
        match identifier {
            Identifier::Email(email) => self.owner_of_email(email).await,
            Identifier::Username(username) => {
                self.owner(keys::username_claim(username.normal())).await
            }
        }
    }

    pub async fn owner_of_email(&self, email: &Email) -> Result<Option<Uuid>, Error> {
        self.owner(keys::email_claim(email.normal())).await
    }

    /// A username that rests belongs to nobody.
    async fn owner(&self, claim: Item) -> Result<Option<Uuid>, Error> {
        self.get(claim)
            .await?
            .filter(|item| !item.contains_key("expires_at"))
            .map(|item| {
                item.get("user_id")
                    .and_then(|id| id.as_s().ok())
                    .and_then(|id| Uuid::try_parse(id).ok())
                    .ok_or(Error::Internal("a claim names no owner"))
            })
            .transpose()
    }

    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, Error> {
        self.get(keys::account(id))
            .await?
            .map(account_item::read)
            .transpose()
    }

    /// Does nothing if the hash was changed meanwhile.
    pub async fn upgrade_hash(&self, account: &Account, new_hash: &str) -> Result<(), Error> {
        let upgrade = Write::update(keys::account(account.id), "SET password_hash = :new")
            .when("password_hash = :old")
            .with(":new", keys::text(new_hash))
            .with(":old", keys::text(&account.password_hash))
            .or_skip();
        self.transact(vec![upgrade]).await
    }

    /// Ends every session at once, but for the one that goes on with a token of `changed`.
    pub async fn change_password(
        &self,
        account: &Account,
        changed: &Account,
        session: &SessionRecord,
        notice: Option<&Mail>,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let change = Write::update(
            keys::account(account.id),
            "SET password_hash = :hash, session_generation = :generation, \
             sessions_ended_at = :ended, password_generation = :password_generation, \
             updated_at = :now",
        )
        .when(
            "password_hash = :old_hash AND session_generation = :old_generation \
             AND is_active = :yes AND is_leaving = :no",
        )
        .with(":old_hash", keys::text(&account.password_hash))
        .with(":old_generation", keys::count(account.session_generation))
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .or(|| Error::Conflict);
        let mut writes = vec![
            new_password::values(change, changed),
            session_records::renew(account.id, session),
            audit_log::write(account.id, entry),
        ];
        writes.extend(notice.map(mails::write));
        self.transact(writes).await
    }

    /// Claims a new username and gives the old one up in the same transaction.
    pub async fn change_profile(
        &self,
        account: &Account,
        profile: &Profile<'_>,
        now: Timestamp,
    ) -> Result<Account, Error> {
        let change = Write::update(
            keys::account(account.id),
            "SET username = :username, username_normal = :username_normal, \
             first_name = :first_name, last_name = :last_name, updated_at = :now",
        )
        .when(
            "username_normal = :old_username AND updated_at = :read_at \
             AND is_active = :yes AND is_leaving = :no",
        )
        .with(":username", keys::text(profile.username))
        .with(":username_normal", keys::text(profile.username_normal))
        .with(
            ":first_name",
            keys::optional(profile.first_name, keys::text),
        )
        .with(":last_name", keys::optional(profile.last_name, keys::text))
        .with(":now", keys::text(&now))
        .with(":old_username", keys::text(&account.username_normal))
        .with(":read_at", keys::text(&account.updated_at))
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .or(|| Error::Conflict);
        let mut writes = vec![change];
        if profile.username_normal != account.username_normal {
            let claimed = keys::username_claim(profile.username_normal);
            writes.push(claim_username(claimed, account.id, now));
            let rests_until = now.seconds() + USERNAME_RESTS_SECONDS;
            writes.push(
                Write::update(
                    keys::username_claim(&account.username_normal),
                    "SET expires_at = :rests_until",
                )
                .when("user_id = :owner")
                .with(":rests_until", keys::number(rests_until))
                .with(":owner", keys::text(&account.id))
                .or(|| Error::Conflict),
            );
        }
        self.transact(writes).await?;
        Ok(Account {
            username: profile.username.to_owned(),
            username_normal: profile.username_normal.to_owned(),
            first_name: profile.first_name.map(str::to_owned),
            last_name: profile.last_name.map(str::to_owned),
            updated_at: now,
            ..account.clone()
        })
    }
}
