//! New mails and links. The act that owes one stores it in the transaction of its cause.

use uuid::Uuid;

use super::Context;
use crate::{
    Error, MailSettings,
    account::Account,
    mail::{LinkPurpose, LinkTicket, Mail, MailKind, NewLink},
};

/// So long a notice is of use, and its sending is tried.
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
