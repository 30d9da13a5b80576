//! Mails that are owed. The table's stream calls `mailer` for each.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, Write, keys};
use crate::mail::Mail;

/// The mail, for the transaction of its cause.
pub(super) fn write(mail: &Mail) -> Write {
    write_at(keys::mail(mail.user_id, mail.id), mail)
}

/// The mail to the owner of an account that is gone. `mailer` removes it when it is sent.
pub(super) fn write_farewell(mail: &Mail) -> Write {
    write_at(keys::farewell(mail.user_id, mail.id), mail)
}

fn write_at(key: Item, mail: &Mail) -> Write {
    Write::put(keys::item(
        key,
        [
            ("id", keys::text(&mail.id)),
            ("user_id", keys::text(&mail.user_id)),
            ("kind", keys::text(mail.kind.as_str())),
            ("to", keys::text(&mail.to)),
            (
                "new_email",
                keys::optional(mail.new_email.as_ref(), keys::text),
            ),
            ("is_pending", AttributeValue::Bool(mail.is_pending)),
            (
                "callback_url",
                keys::optional(mail.callback_url.as_ref(), keys::text),
            ),
            ("created_at", keys::text(&mail.created_at)),
            ("expires_at", keys::number(mail.expires_at)),
        ],
    ))
}
