//! The account that a caller wants, and the rules that it must meet before anything is counted.

use shared::{
    Context, Error,
    account::{Account, Email, Password, PersonName, PersonalWords, Username, check_password},
    audit::{Action, NewEntry, Subject},
};

pub(crate) struct NewAccount {
    pub(crate) email: Email,
    pub(crate) password: Password,
    pub(crate) username: Option<Username>,
    pub(crate) first_name: Option<PersonName>,
    pub(crate) last_name: Option<PersonName>,
}

impl NewAccount {
    /// The username, made from random characters where none is given, once the password has met the
    /// rules.
    pub(crate) fn checked_username(&self, context: Context<'_>) -> Result<Username, Error> {
        let app = context.app;
        let username = match &self.username {
            Some(username) => username.clone(),
            None => Username::random(app.entropy.bytes()?),
        };
        let names = self.names();
        let personal = PersonalWords::of(
            Some(&self.email),
            Some(&username),
            &names.into_iter().flatten().collect::<Vec<_>>(),
        );
        check_password(&self.password, &personal, app.settings.password_min_length).map_err(
            |weakness| Error::WeakPassword {
                field: "password",
                weakness,
            },
        )?;
        Ok(username)
    }

    /// Hashes the password. So the limits come first.
    pub(crate) async fn account(
        &self,
        context: Context<'_>,
        username: &Username,
    ) -> Result<Account, Error> {
        let app = context.app;
        let now = context.now();
        let password_hash = app.hasher.hash(&self.password, &app.entropy).await?;
        let id = app.entropy.uuid()?;
        let names = self.names();
        Ok(Account::new(
            id,
            &self.email,
            username,
            names,
            password_hash,
            now,
        ))
    }

    /// The owner of the e-mail or username has no part in this call, so the owner's audit log does
    /// not tell of it. The process log does.
    pub(crate) async fn log_taken(&self, context: Context<'_>, error: &Error) -> Result<(), Error> {
        match error {
            Error::EmailTaken | Error::UsernameTaken => {
                self.audit_taken(context, error, async |_| Ok(())).await
            }
            _ => Ok(()),
        }
    }

    /// The same after a write, which needs an entry and does not keep it.
    pub(crate) async fn audit_taken(
        &self,
        context: Context<'_>,
        error: &Error,
        write: impl AsyncFnOnce(&NewEntry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let pseudonym = context.app.pseudonyms.of("email", self.email.normal());
        let subject = Subject::Unknown {
            pseudonym: &pseudonym,
        };
        context
            .audit_failure(Action::Signup, subject, error, write)
            .await
    }

    fn names(&self) -> [Option<&PersonName>; 2] {
        [self.first_name.as_ref(), self.last_name.as_ref()]
    }
}
