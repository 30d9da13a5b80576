//! New mails and links. The act that owes one stores it in the transaction of its cause.

use uuid::Uuid;

use super::Context;
use crate::{
    Error, MailSettings,
    account::{Account, Email},
    mail::{LinkPurpose, LinkTicket, Mail, MailKind, NewLink},
};

/// `.invalid` leads nowhere (RFC 2606).
const NOBODY: &str = "nobody@account.invalid";

/// A notice is of use for a week, and its sending is tried for so long.
const NOTICE_SECONDS: i64 = 7 * 24 * 60 * 60;

impl Context<'_> {
    /// For calls that exist only where mail is on.
    pub fn mail_settings(&self) -> Result<&MailSettings, Error> {
        self.app.settings.mail.as_ref().ok_or(Error::NotFound)
    }

    /// A mail without a link, to the e-mail of an account. None if mail is off.
    pub fn notice(&self, kind: MailKind, account: &Account) -> Result<Option<Mail>, Error> {
        let to = || self.mail(kind, account.id, &account.email, NOTICE_SECONDS);
        self.app.settings.mail.as_ref().map(|_| to()).transpose()
    }

    /// The same to the owner of an e-mail that somebody else typed. The account has not been read.
    pub fn notice_to(&self, kind: MailKind, owner: Uuid, typed: &Email) -> Result<Mail, Error> {
        self.mail(kind, owner, typed.shown(), NOTICE_SECONDS)
    }

    /// A mail with a link, to the e-mail of an account or to the one that it shall get.
    pub fn link(
        &self,
        purpose: LinkPurpose,
        account: &Account,
        to: &str,
    ) -> Result<NewLink, Error> {
        let lifetime = purpose.lifetime_seconds();
        let mail = self.mail(purpose.kind(), account.id, to, lifetime)?;
        let ticket = LinkTicket {
            purpose,
            mail_id: mail.id,
            session_generation: account.session_generation,
            email_normal: account.email_normal.clone(),
            new_email: (purpose == LinkPurpose::ChangeEmail).then(|| to.to_owned()),
            expires_at: mail.expires_at,
        };
        Ok(NewLink { mail, ticket })
    }

    /// The id of an account that nobody has. A name has always the same: of calls at once about one
    /// name, the transactions meet each other whether or not there is an account.
    #[must_use]
    pub fn nobody(&self, name: &str) -> Uuid {
        let bytes = self.app.pseudonyms.bytes("nobody", name);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// The mail and the ticket of an account that nobody has, where a call must not tell whether there
    /// is one.
    pub fn link_to_nobody(&self, purpose: LinkPurpose, name: &str) -> Result<NewLink, Error> {
        let lifetime = purpose.lifetime_seconds();
        let user_id = self.nobody(name);
        let mail = self.mail(purpose.kind(), user_id, NOBODY, lifetime)?;
        let ticket = LinkTicket {
            purpose,
            mail_id: mail.id,
            session_generation: 0,
            email_normal: NOBODY.to_owned(),
            new_email: None,
            expires_at: mail.expires_at,
        };
        Ok(NewLink { mail, ticket })
    }

    /// Counts a mail by the name that was typed, whether or not an account has it.
    pub async fn count_mail_by_name(&self, kind: &str, normal: &str) -> Result<(), Error> {
        // A username may look like the id of an account.
        self.count_mail(&format!("link {kind} by name"), normal)
            .await
    }

    /// Counts a link by account, or refuses it.
    pub async fn count_link(&self, purpose: LinkPurpose, user_id: Uuid) -> Result<(), Error> {
        let kind = format!("link {}", purpose.as_str());
        self.count_mail(&kind, &user_id.to_string()).await
    }

    /// The same for callers that must not be told. Returns whether the link may be mailed.
    pub async fn may_mail_link(&self, purpose: LinkPurpose, user_id: Uuid) -> Result<bool, Error> {
        match self.count_link(purpose, user_id).await {
            Ok(()) => Ok(true),
            Err(Error::TooManyRequests { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn count_mail(&self, kind: &str, text: &str) -> Result<(), Error> {
        let whom = self.app.pseudonyms.of(kind, text);
        let rate = &self.app.settings.limits.links_per_account;
        self.app.store.count(rate, &whom, self.now()).await
    }

    fn mail(
        &self,
        kind: MailKind,
        user_id: Uuid,
        to: &str,
        lifetime_seconds: i64,
    ) -> Result<Mail, Error> {
        let now = self.now();
        Ok(Mail {
            id: self.app.entropy.sortable_uuid(now)?,
            user_id,
            kind,
            to: to.to_owned(),
            new_email: None,
            is_pending: false,
            callback_url: None,
            created_at: now,
            expires_at: now.seconds() + lifetime_seconds,
            sent_at: None,
            refused: None,
        })
    }
}
