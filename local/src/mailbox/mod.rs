//! A mailbox in memory in the place of Amazon SES: it takes the same requests and shows what was sent.

mod mail;
mod page;
mod requests;
mod ses;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

pub use mail::ReceivedMail;

/// Older mails make room for new ones.
const CAPACITY: usize = 1_000;

type Announce = Box<dyn Fn(&ReceivedMail) + Send + Sync>;

pub struct Mailbox {
    mails: Mutex<VecDeque<ReceivedMail>>,
    fault: Mutex<Option<SendFault>>,
    announce: Option<Announce>,
    /// How many requests to send a mail there were.
    attempts: watch::Sender<usize>,
}

/// The troubles of SES, for tests. No request over HTTP causes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendFault {
    /// `MessageRejected`: for good.
    Refusal,
    /// `TooManyRequestsException`.
    Throttling,
    /// A 500.
    Outage,
    /// No answer, and no mail.
    Silence,
    /// The mail arrives, and its answer never does.
    LostAnswer,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

impl Default for Mailbox {
    fn default() -> Self {
        Self {
            mails: Mutex::default(),
            fault: Mutex::default(),
            announce: None,
            attempts: watch::Sender::new(0),
        }
    }
}

impl Mailbox {
    /// `announce` is called with each mail that arrives.
    #[must_use]
    pub fn announcing(announce: impl Fn(&ReceivedMail) + Send + Sync + 'static) -> Self {
        Self {
            announce: Some(Box::new(announce)),
            ..Self::default()
        }
    }

    /// Every request to send a mail meets the fault. None ends it.
    pub fn fail_with(&self, fault: impl Into<Option<SendFault>>) {
        *lock(&self.fault) = fault.into();
    }

    #[must_use]
    pub fn attempts(&self) -> usize {
        *self.attempts.borrow()
    }

    /// Those to one address, or all. The newest is last.
    #[must_use]
    pub fn mails(&self, to: Option<&str>) -> Vec<ReceivedMail> {
        let mails = lock(&self.mails);
        let wanted = mails
            .iter()
            .filter(|mail| to.is_none_or(|to| mail.is_to(to)));
        wanted.cloned().collect()
    }

    /// Waits for the first mail of that kind to that address.
    pub async fn until_mail(&self, kind: &str, to: &str) -> ReceivedMail {
        let mut attempts = self.attempts.subscribe();
        loop {
            attempts.mark_unchanged();
            let mails = self.mails(Some(to));
            let found = mails
                .into_iter()
                .find(|mail| mail.kind.as_deref() == Some(kind));
            if let Some(mail) = found {
                return mail;
            }
            // The sender lives as long as this mailbox.
            let _ = attempts.changed().await;
        }
    }

    fn keep(&self, mail: ReceivedMail) {
        if let Some(announce) = &self.announce {
            announce(&mail);
        }
        let mut mails = lock(&self.mails);
        if mails.len() == CAPACITY {
            mails.pop_front();
        }
        mails.push_back(mail);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
