//! The links in mails: their tickets, and what each kind of them does once.

use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    Attempt, Item, Store, Write, account_is_not_being_deleted, account_item, audit_log, claims,
    deserialize, keys, mails, new_password,
};
use crate::{
    Error, Timestamp,
    account::{Account, Email},
    audit::NewEntry,
    mail::{LinkPurpose, LinkTicket, LinkToken, Mail, NewLink},
};

/// The state that decides about a link.
#[derive(Debug)]
pub struct LinkState {
    pub account: Option<Account>,
    /// The ticket of the last link of that purpose.
    pub ticket: Option<LinkTicket>,
}

/// A link that takes the place of an older one, if that one was made by a certain time.
#[derive(Debug)]
pub struct RenewedLink {
    pub link: NewLink,
    /// In seconds.
    pub replaces_until: i64,
}

impl RenewedLink {
    fn write(&self) -> [Write; 2] {
        let [mail, ticket] = write(&self.link);
        let lifetime = self.link.ticket.purpose.lifetime_seconds();
        let ticket = ticket
            .when("attribute_not_exists(pk) OR expires_at <= :replaceable")
            .with(":replaceable", keys::number(self.replaces_until + lifetime))
            .or(|| Error::PreconditionFailed);
        [mail, ticket]
    }
}

impl Store {
    /// Strongly consistent, in one request.
    pub async fn link_state(&self, token: &LinkToken) -> Result<LinkState, Error> {
        let wanted = vec![
            keys::account(token.user_id),
            keys::link_ticket(token.user_id, token.purpose),
        ];
        let mut state = LinkState {
            account: None,
            ticket: None,
        };
        for item in self.read_batch(wanted).await? {
            if keys::sort_key(&item) == Some(keys::ACCOUNT) {
                state.account = Some(account_item::read(item)?);
            } else {
                state.ticket = Some(read_ticket(item)?);
            }
        }
        Ok(state)
    }

    /// Owes an account a mail with a link, and a notice of it. An account that is being deleted gets
    /// none.
    pub async fn owe_link(&self, link: &NewLink, notice: Option<&Mail>) -> Result<(), Error> {
        let user_id = link.mail.user_id;
        let mut writes = vec![account_is_not_being_deleted(user_id).or_skip()];
        writes.extend(write(link));
        writes.extend(notice.map(mails::write));
        self.transact(writes).await
    }

    /// Makes the same request as [`Self::owe_link`] for an account that nobody has: what it writes
    /// leads nowhere and expires.
    pub async fn owe_nobody(&self, link: &NewLink) -> Result<(), Error> {
        let user_id = link.mail.user_id;
        let mut writes = vec![
            Write::check(keys::account(user_id))
                .when("attribute_not_exists(pk)")
                .or_skip(),
        ];
        writes.extend(write(link));
        self.transact(writes).await
    }

    /// The ticket of the last link of that purpose.
    pub async fn link_ticket(
        &self,
        user_id: Uuid,
        purpose: LinkPurpose,
    ) -> Result<Option<LinkTicket>, Error> {
        let found = self.get(keys::link_ticket(user_id, purpose)).await?;
        found.map(read_ticket).transpose()
    }

    /// Writes the entry of a login that was refused for the e-mail alone, takes the attempt out of
    /// the failures, and owes a link unless another login was faster, all in one transaction.
    pub async fn record_unverified_login(
        &self,
        user_id: Uuid,
        new: &NewEntry,
        attempt: &Attempt,
        link: Option<&RenewedLink>,
    ) -> Result<(), Error> {
        let writes = |link: Option<&RenewedLink>| {
            let mut writes = vec![
                account_is_not_being_deleted(user_id)
                    .or(|| Error::InvalidCredentials("account being deleted")),
                audit_log::write(user_id, new),
            ];
            writes.extend(link.into_iter().flat_map(RenewedLink::write));
            writes
        };
        let now = new.entry.timestamp;
        match self.end_attempt(attempt, now, || writes(link)).await {
            // Another login was faster: its link stands.
            Err(Error::PreconditionFailed) => self.end_attempt(attempt, now, || writes(None)).await,
            outcome => outcome,
        }
    }

    /// A new password by a link. Ends every session at once, and counts the e-mail as verified.
    pub async fn reset_password(
        &self,
        account: &Account,
        mail_id: Uuid,
        new_hash: String,
        now: Timestamp,
        notice: &Mail,
        entry: &NewEntry,
    ) -> Result<Account, Error> {
        let changed = Account {
            email_verified: true,
            ..account.with_new_password(new_hash, now)
        };
        let change = while_unchanged(
            account,
            "SET password_hash = :hash, email_verified = :yes, session_generation = :generation, \
             sessions_ended_at = :ended, password_generation = :password_generation, \
             updated_at = :now",
        );
        let change = new_password::values(change, &changed);
        self.transact(vec![
            change,
            spend(account.id, LinkPurpose::ResetPassword, mail_id),
            mails::write(notice),
            audit_log::write(account.id, entry),
        ])
        .await?;
        Ok(changed)
    }

    pub async fn verify_email(
        &self,
        account: &Account,
        mail_id: Uuid,
        now: Timestamp,
        entry: &NewEntry,
    ) -> Result<Account, Error> {
        let change = while_unchanged(account, "SET email_verified = :yes, updated_at = :now")
            .with(":now", keys::text(&now));
        self.transact(vec![
            change,
            spend(account.id, LinkPurpose::VerifyEmail, mail_id),
            audit_log::write(account.id, entry),
        ])
        .await?;
        Ok(Account {
            email_verified: true,
            updated_at: now,
            ..account.clone()
        })
    }

    /// Moves the claim with the account. [`Error::EmailTaken`] says that somebody was faster.
    pub async fn change_email(
        &self,
        account: &Account,
        mail_id: Uuid,
        new: &Email,
        now: Timestamp,
        notice: &Mail,
        entry: &NewEntry,
    ) -> Result<Account, Error> {
        let change = while_unchanged(
            account,
            "SET email = :email, email_normal = :normal, email_verified = :yes, updated_at = :now",
        )
        .with(":email", keys::text(new.shown()))
        .with(":normal", keys::text(new.normal()))
        .with(":now", keys::text(&now));
        let mut writes = vec![change, spend(account.id, LinkPurpose::ChangeEmail, mail_id)];
        // The same address may be written with other capitals.
        if new.normal() != account.email_normal {
            writes.push(claims::claim_email(new.normal(), account.id));
            writes.push(
                Write::delete(keys::email_claim(&account.email_normal))
                    .when("user_id = :owner")
                    .with(":owner", keys::text(&account.id))
                    .or(|| Error::Internal("an account did not have the claim of its e-mail")),
            );
        }
        writes.push(mails::write(notice));
        writes.push(audit_log::write(account.id, entry));
        self.transact(writes).await?;
        Ok(Account {
            email: new.shown().to_owned(),
            email_normal: new.normal().to_owned(),
            email_verified: true,
            updated_at: now,
            ..account.clone()
        })
    }
}

/// The mail and the ticket of its link. The ticket replaces that of an earlier link.
pub(super) fn write(link: &NewLink) -> [Write; 2] {
    let NewLink { mail, ticket } = link;
    let ticket = Write::put(keys::item(
        keys::link_ticket(mail.user_id, ticket.purpose),
        [
            ("purpose", keys::text(ticket.purpose.as_str())),
            ("mail_id", keys::text(&ticket.mail_id)),
            ("session_generation", keys::count(ticket.session_generation)),
            ("email_normal", keys::text(&ticket.email_normal)),
            (
                "new_email",
                keys::optional(ticket.new_email.as_ref(), keys::text),
            ),
            ("expires_at", keys::number(ticket.expires_at)),
        ],
    ));
    [mails::write(mail), ticket]
}

/// Uses the link up. Of two uses at once one is refused.
fn spend(user_id: Uuid, purpose: LinkPurpose, mail_id: Uuid) -> Write {
    Write::delete(keys::link_ticket(user_id, purpose))
        .when("mail_id = :mail_id")
        .with(":mail_id", keys::text(&mail_id))
        .or(|| Error::LinkInvalid)
}

fn read_ticket(item: Item) -> Result<LinkTicket, Error> {
    deserialize(item, "the ticket of a link cannot be read")
}

/// A change by a link, while nothing has made the link void since the account was read. The
/// expression may use `:yes`.
fn while_unchanged(account: &Account, expression: &'static str) -> Write {
    Write::update(keys::account(account.id), expression)
        .when(
            "session_generation = :old_generation AND email_normal = :old_email \
             AND is_active = :yes AND is_leaving = :no",
        )
        .with(":old_generation", keys::count(account.session_generation))
        .with(":old_email", keys::text(&account.email_normal))
        .with(":yes", AttributeValue::Bool(true))
        .with(":no", AttributeValue::Bool(false))
        .or(|| Error::LinkInvalid)
}
