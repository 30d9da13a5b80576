//! A mail as it is stored. The act that owes it writes it in the transaction of its cause.

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

use super::{LinkTicket, MailKind};
use crate::Timestamp;

#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Mail {
    /// A version 7 UUID: ids sort by time.
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: MailKind,
    /// The address as it was typed.
    pub to: String,
    /// The other address that the mail speaks of.
    #[serde(default)]
    pub new_email: Option<String>,
    /// The mail tells of something that has been asked for and has not happened yet.
    #[serde(default)]
    pub is_pending: bool,
    /// Where the page behind the link leads to in the end.
    #[serde(default)]
    pub callback_url: Option<String>,
    pub created_at: Timestamp,
    /// In seconds. Later the mail is of no use, and the item may be removed.
    pub expires_at: i64,
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// Why the mail will never be sent.
    #[serde(default)]
    pub refused: Option<String>,
}

/// A mail with a link, and the ticket that the link's token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    pub mail: Mail,
    pub ticket: LinkTicket,
}

/// Shows ids alone: the rest is personal.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
