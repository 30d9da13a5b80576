//! The context of an act: the application, and where the call came from.

mod deletion;
mod mail;
mod name;
mod session_record;

pub use deletion::Deletion;

use uuid::Uuid;

use crate::{
    App, Error, Timestamp,
    audit::{self, Action, NewEntry, Subject, Trace},
    limit::{Rate, Source},
    token::Claims,
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

    /// Counts the call by its address, or refuses it. IPv6 counts by network and, tenfold, by site.
    pub async fn count_by_address(&self, rate: &Rate) -> Result<(), Error> {
        let (store, now) = (&self.app.store, self.now());
        let source = Source::of(self.trace.address);
        store.count(rate, &source.to_string(), now).await?;
        // Only now: a call that its own network's limit refuses must not count against the site.
        match source.site() {
            None => Ok(()),
            Some(site) => store.count(&rate.tenfold(), &site.to_string(), now).await,
        }
    }

    /// Counts the call by its session, or refuses it. The counter names the session by its keyed hash, so
    /// a deletion need not look for it.
    pub async fn count_by_session(&self, rate: &Rate, claims: &Claims) -> Result<(), Error> {
        let session = self.session_pseudonym(claims);
        self.app.store.count(rate, &session, self.now()).await
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
