//! The notice of another e-mail. It goes to the old one, whose owner may know nothing of the change.

use shared::{
    Context, Error,
    account::{Account, Email},
    mail::{Mail, MailKind},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The link to the new e-mail has not been used yet.
    Requested,
    Done,
}

/// `account` still has the old e-mail.
pub(crate) fn email_changed(
    context: Context<'_>,
    account: &Account,
    new: &Email,
    progress: Progress,
) -> Result<Mail, Error> {
    let notice = context.notice(MailKind::EmailChanged, account)?;
    Ok(Mail {
        new_email: Some(new.shown().to_owned()),
        is_pending: progress == Progress::Requested,
        ..notice.ok_or(Error::NotFound)?
    })
}
