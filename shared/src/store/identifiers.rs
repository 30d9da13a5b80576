//! Whose an e-mail or a username is.

use uuid::Uuid;

use super::{Store, keys};
use crate::{
    Error,
    account::{Email, Username},
};

impl Store {
    pub async fn owner_of_email(&self, email: &Email) -> Result<Option<Uuid>, Error> {
        self.owner(keys::email_claim(email.normal())).await
    }

    pub async fn owner_of_username(&self, username: &Username) -> Result<Option<Uuid>, Error> {
        self.owner(keys::username_claim(username.normal())).await
    }

    async fn owner(&self, claim: keys::Item) -> Result<Option<Uuid>, Error> {
        self.get(claim)
            .await?
            .map(|item| {
                item.get("user_id")
                    .and_then(|id| id.as_s().ok())
                    .and_then(|id| Uuid::try_parse(id).ok())
                    .ok_or(Error::Internal("a claim names no owner"))
            })
            .transpose()
    }
}
