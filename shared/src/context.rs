//! The context of an act: the application, and where the call came from.

use uuid::Uuid;

use crate::{
    App, Error, Timestamp,
    audit::{self, Action, NewEntry, Subject, Trace},
    limit::Source,
};

#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub app: &'a App,
    pub trace: &'a Trace,
}

impl Context<'_> {
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// The subject of limits by address.
    #[must_use]
    pub fn source(&self) -> Source {
        Source::of(self.trace.address)
    }

    /// Makes an audit entry of a success, stores it by `write` together with what it tells of, and
    /// then writes it to the process log.
    pub async fn audit<T>(
        &self,
        action: Action,
        user_id: Uuid,
        write: impl AsyncFnOnce(&NewEntry) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.audit_outcome(action, Subject::Account(user_id), None, write)
            .await
    }

    /// The same for a failure, and for subjects that are no account.
    pub async fn audit_failure(
        &self,
        action: Action,
        subject: Subject<'_>,
        error: &Error,
        write: impl AsyncFnOnce(&NewEntry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.audit_outcome(action, subject, Some(error), write)
            .await
    }

    async fn audit_outcome<T>(
        &self,
        action: Action,
        subject: Subject<'_>,
        error: Option<&Error>,
        write: impl AsyncFnOnce(&NewEntry) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let new = self.new_entry(action, error)?;
        let written = write(&new).await?;
        audit::log_event(subject, &new.entry);
        Ok(written)
    }

    fn new_entry(&self, action: Action, error: Option<&Error>) -> Result<NewEntry, Error> {
        let now = self.now();
        let id = self.app.entropy.sortable_uuid(now)?;
        let kept_seconds = self.app.settings.log_retention_seconds();
        let expires_at = Timestamp::from_seconds(now.seconds() + kept_seconds);
        Ok(NewEntry::new(
            id, action, error, self.trace, now, expires_at,
        ))
    }
}
