//! One mail: read, judged, rendered, sent, marked.

use shared::{
    Error, MailSettings, Timestamp,
    account::{AccountState, Email},
    mail::{Mail, MailKind},
    store::{MailKey, MailState},
};

use crate::{
    mailer::Mailer,
    render::render,
    retry::retry,
    ses::{Envelope, Refusal},
};

/// The event is sent again.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed;

const UNREADABLE: &str = "unreadable";

enum Outcome {
    Sent,
    Skipped(&'static str),
    /// For good.
    Refused(&'static str),
}

/// Leaves one line in the log. It has no address, no link and no subject.
pub async fn deliver(
    mailer: &Mailer,
    settings: &MailSettings,
    pk: &str,
    sk: &str,
) -> Result<(), Failed> {
    let Some(key) = MailKey::parse(pk, sk) else {
        tracing::warn!(
            outcome = "skipped",
            reason = "not the key of a mail",
            "mail"
        );
        return Ok(());
    };
    let state = mailer.app.store.mail_state(key).await;
    let outcome = match &state {
        Ok(state) => settle(mailer, settings, key, state).await,
        // It is as unreadable the next time, and all mails behind it would wait.
        Err(Error::Internal(_)) => refuse(mailer, key, UNREADABLE).await,
        Err(error) => Err(cause(error)),
    };
    let (user_id, mail_id) = (key.user_id.to_string(), key.id.to_string());
    let mail = state.as_ref().ok().and_then(|state| state.mail.as_ref());
    let kind = mail.map(|mail| mail.kind.as_str());
    match outcome {
        Ok(Outcome::Sent) => {
            tracing::info!(user_id, mail_id, kind, outcome = "sent", "mail");
        }
        Ok(Outcome::Skipped(reason)) => {
            tracing::info!(user_id, mail_id, kind, outcome = "skipped", reason, "mail");
        }
        Ok(Outcome::Refused(code)) => {
            tracing::warn!(
                user_id,
                mail_id,
                kind,
                outcome = "refused",
                code,
                "mail_refused"
            );
        }
        Err(cause) => {
            tracing::warn!(
                user_id,
                mail_id,
                kind,
                outcome = "failed",
                cause,
                "mail_failed"
            );
            return Err(Failed);
        }
    }
    Ok(())
}

async fn settle(
    mailer: &Mailer,
    settings: &MailSettings,
    key: MailKey,
    state: &MailState,
) -> Result<Outcome, &'static str> {
    let app = &mailer.app;
    let mail = match judge(state, key, app.clock.now()) {
        Ok(mail) => mail,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let Ok(to) = Email::parse(&mail.to) else {
        return refuse(mailer, key, "bad-address").await;
    };
    let undeliverable = state.account.as_ref();
    let undeliverable = undeliverable.and_then(|account| account.undeliverable_email.as_deref());
    if undeliverable == Some(to.normal()) {
        return refuse(mailer, key, "undeliverable").await;
    }
    let Ok(rendered) = render(mail, settings, &app.seal) else {
        return refuse(mailer, key, UNREADABLE).await;
    };
    let envelope = Envelope {
        to: &to.with_ascii_domain(),
        kind: mail.kind,
        key,
    };
    match mailer.ses.send(settings, &envelope, rendered).await {
        Ok(message_id) => {
            let mark = || app.store.mark_sent(key, &message_id, app.clock.now());
            // Sent again, if the mark is not there by then.
            let unmarked = "sent, but not marked: the store failed";
            retry(mark).await.map_err(|_| unmarked)?;
            Ok(Outcome::Sent)
        }
        Err(Refusal::Final(code)) => refuse(mailer, key, code).await,
        Err(Refusal::ForNow(cause)) => Err(cause),
    }
}

/// The mail if it is to be sent now, or why not.
fn judge(state: &MailState, key: MailKey, now: Timestamp) -> Result<&Mail, &'static str> {
    let mail = state.mail.as_ref().ok_or("gone")?;
    if mail.sent_at.is_some() {
        return Err("sent already");
    }
    if mail.refused.is_some() {
        return Err("refused already");
    }
    // DynamoDB may delete expired items days late.
    if mail.expires_at <= now.seconds() {
        return Err("expired");
    }
    if key.is_farewell {
        return Some(mail)
            .filter(|mail| mail.kind == MailKind::AccountDeleted)
            .ok_or("not for a deleted account");
    }
    let account = state.account.as_ref().ok_or("no account")?;
    match account.state() {
        AccountState::Active => {}
        AccountState::Suspended => return Err("account suspended"),
        AccountState::BeingDeleted => return Err("account being deleted"),
    }
    // An older link that had to wait must not arrive after the one that replaced it.
    if let Some(purpose) = mail.kind.link() {
        let ticket = state
            .tickets
            .iter()
            .find(|ticket| ticket.purpose == purpose);
        let is_good = ticket.is_some_and(|ticket| ticket.is_good_for(mail.id, account, now));
        return Some(mail).filter(|_| is_good).ok_or("link void");
    }
    Ok(mail)
}

async fn refuse(
    mailer: &Mailer,
    key: MailKey,
    code: &'static str,
) -> Result<Outcome, &'static str> {
    let marked = mailer.app.store.mark_refused(key, code).await;
    marked.map_err(|error| cause(&error))?;
    Ok(Outcome::Refused(code))
}

fn cause(error: &Error) -> &'static str {
    error.cause().unwrap_or("the mail could not be made")
}
