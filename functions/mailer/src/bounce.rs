//! A mail that came back, or whose reader complained. The account's e-mail is then marked, so that no
//! more mails go there: senders who go on lose their standing with SES.

use std::time::Duration;

use shared::{Error, account::Email};
use uuid::Uuid;

use crate::{
    event::{Detail, Feedback},
    mailer::Mailer,
};

/// Before each next try at the store. `EventBridge` does not repeat an event that was answered.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

pub async fn note(mailer: &Mailer, feedback: &Feedback) {
    let Detail {
        event_type,
        mail,
        bounce,
    } = &feedback.detail;
    let is_complaint = event_type == "Complaint";
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

/// Returns whether the address is still that of the account.
async fn mark(mailer: &Mailer, user_id: Uuid, address: &Email) -> Result<bool, Error> {
    let mut marked = try_to_mark(mailer, user_id, address).await;
    for pause in PAUSES {
        if marked.is_ok() {
            break;
        }
        tokio::time::sleep(pause).await;
        marked = try_to_mark(mailer, user_id, address).await;
    }
    marked
}

async fn try_to_mark(mailer: &Mailer, user_id: Uuid, address: &Email) -> Result<bool, Error> {
    let store = &mailer.app.store;
    store.mark_undeliverable(user_id, address.normal()).await
}

fn text(id: Uuid) -> String {
    id.to_string()
}
