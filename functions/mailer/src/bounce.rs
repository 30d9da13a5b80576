//! A mail that came back, or whose reader complained. The account's e-mail is then marked, so that no
//! more mails go there: senders who go on lose their standing with SES.

use shared::{Error, account::Email};
use uuid::Uuid;

use crate::{
    event::{Detail, Feedback},
    mailer::Mailer,
    retry::retry,
};

pub async fn note(mailer: &Mailer, feedback: &Feedback) {
    let Detail {
        event_type,
        mail,
        bounce,
        complaint,
    } = &feedback.detail;
    // A reader who says that it is no spam has SES send such an event, too.
    let is_withdrawn = complaint
        .as_ref()
        .and_then(|complaint| complaint.feedback_type.as_deref())
        == Some("not-spam");
    let is_complaint = event_type == "Complaint" && !is_withdrawn;
    // Otherwise a mailbox is full or a server slow: SES has tried for hours, and the next mail may
    // arrive.
    let is_final = bounce
        .as_ref()
        .is_some_and(|bounce| bounce.bounce_type == "Permanent");
    if !is_complaint && !is_final {
        return;
    }
    let user_id = mail.tags.user_id();
    let address = mail.destination.first();
    let address = address.and_then(|address| Email::parse(address).ok());
    // Not `outcome`, which tells of sending.
    let (account, cause) = match (user_id, address) {
        (Some(user_id), Some(address)) => match mark(mailer, user_id, &address).await {
            Ok(true) => ("marked", None),
            Ok(false) => ("has another e-mail or is gone", None),
            Err(error) => ("not marked", error.cause()),
        },
        _ => ("unknown", None),
    };
    let (user_id, mail_id) = (user_id.map(text), mail.tags.mail_id().map(text));
    if is_complaint {
        tracing::warn!(user_id, mail_id, account, cause, "mail_complained");
    } else {
        tracing::warn!(user_id, mail_id, account, cause, "mail_bounced");
    }
}

/// Returns whether the address is still that of the account. `EventBridge` does not repeat an event that
/// was answered.
async fn mark(mailer: &Mailer, user_id: Uuid, address: &Email) -> Result<bool, Error> {
    let store = &mailer.app.store;
    retry(|| store.mark_undeliverable(user_id, address.normal())).await
}

fn text(id: Uuid) -> String {
    id.to_string()
}
