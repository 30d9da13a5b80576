//! The texts of mails. Each is read as plain text or as HTML, and says the same in both.

use std::fmt;

use askama::Template;
use shared::{
    Error, MailSettings, Seal, Timestamp,
    mail::{Mail, MailKind, link_url},
};

/// Shows nothing: it holds the link.
pub struct RenderedMail {
    /// ASCII on one line: it becomes a header.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The values that the texts speak of. A mail without a link has an empty one.
struct Values<'a> {
    kind: MailKind,
    subject: &'a str,
    app_name: &'a str,
    app_url: &'a str,
    to: &'a str,
    new_email: &'a str,
    is_pending: bool,
    created_at: String,
    link: String,
    lifetime: String,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    mail: &'a Values<'a>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    mail: &'a Values<'a>,
}

impl fmt::Debug for RenderedMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedMail").finish_non_exhaustive()
    }
}

pub fn render(mail: &Mail, settings: &MailSettings, seal: &Seal) -> Result<RenderedMail, Error> {
    let (link, lifetime) = match mail.kind.link() {
        Some(purpose) => (
            link_url(mail, purpose, settings, seal)?,
            in_words(purpose.lifetime_seconds()),
        ),
        None => (String::new(), String::new()),
    };
    let subject = subject(mail, &settings.app_name);
    let values = Values {
        kind: mail.kind,
        subject: &subject,
        app_name: &settings.app_name,
        app_url: settings.app_url(),
        to: &mail.to,
        new_email: mail.new_email.as_deref().unwrap_or_default(),
        is_pending: mail.is_pending,
        created_at: in_utc(mail.created_at),
        link,
        lifetime,
    };
    let unwritable = |_| Error::Internal("a mail could not be written");
    Ok(RenderedMail {
        text: Text { mail: &values }.render().map_err(unwritable)?,
        html: Html { mail: &values }.render().map_err(unwritable)?,
        subject,
    })
}

/// Holds nothing that a person has typed.
fn subject(mail: &Mail, app_name: &str) -> String {
    match mail.kind {
        MailKind::VerifyEmail => format!("Confirm your e-mail address for {app_name}"),
        MailKind::ResetPassword => format!("Choose a new password for {app_name}"),
        MailKind::ChangeEmail => format!("Confirm your new e-mail address for {app_name}"),
        MailKind::EmailTaken => format!("You already have an account with {app_name}"),
        MailKind::PasswordChanged => format!("Your password for {app_name} was changed"),
        MailKind::EmailChanged if mail.is_pending => {
            format!("A new e-mail address was asked for at {app_name}")
        }
        MailKind::EmailChanged => format!("Your e-mail address for {app_name} was changed"),
        MailKind::AccountDeleted => format!("Your account with {app_name} was deleted"),
    }
}

fn in_words(seconds: i64) -> String {
    match seconds / 3600 {
        1 => "one hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

/// To the minute: `2026-11-18 10:00 UTC`.
fn in_utc(time: Timestamp) -> String {
    let text = time.to_string();
    let (day, clock) = text.split_once('T').unwrap_or_default();
    format!("{day} {} UTC", clock.get(..5).unwrap_or_default())
}

#[cfg(test)]
mod tests;
