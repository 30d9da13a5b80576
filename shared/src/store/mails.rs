//! Mails that are owed. The table's stream calls `mailer` for each.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::AttributeValue,
};
use uuid::Uuid;

use super::{Item, Store, Write, account_item, deserialize, error, keys};
use crate::{
    Error, Timestamp,
    account::Account,
    mail::{LinkPurpose, LinkTicket, Mail},
};

/// Names a mail. One to a deleted account (a farewell) lies outside of the user's partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailKey {
    pub user_id: Uuid,
    pub id: Uuid,
    pub is_farewell: bool,
}

/// The state that decides about a mail.
#[derive(Debug)]
pub struct MailState {
    pub mail: Option<Mail>,
    /// None for a farewell.
    pub account: Option<Account>,
    /// The tickets of the account's last links.
    pub tickets: Vec<LinkTicket>,
}

impl MailKey {
    /// None if no mail has such a key.
    #[must_use]
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        let (user_id, is_farewell) = match pk.strip_prefix(keys::USER_PREFIX) {
            Some(user_id) => (user_id, false),
            None => (pk.strip_prefix(keys::DELETED_PREFIX)?, true),
        };
        Some(Self {
            user_id: Uuid::try_parse(user_id).ok()?,
            id: Uuid::try_parse(sk.strip_prefix(keys::MAIL_PREFIX)?).ok()?,
            is_farewell,
        })
    }

    fn item_key(self) -> Item {
        if self.is_farewell {
            keys::farewell(self.user_id, self.id)
        } else {
            keys::mail(self.user_id, self.id)
        }
    }
}

impl Store {
    /// Strongly consistent, in one request.
    pub async fn mail_state(&self, key: MailKey) -> Result<MailState, Error> {
        let mut wanted = vec![key.item_key()];
        if !key.is_farewell {
            wanted.push(keys::account(key.user_id));
            let tickets = LinkPurpose::ALL.into_iter();
            wanted.extend(tickets.map(|purpose| keys::link_ticket(key.user_id, purpose)));
        }
        let mut state = MailState {
            mail: None,
            account: None,
            tickets: Vec::new(),
        };
        for item in self.read_batch(wanted).await? {
            match keys::sort_key(&item) {
                Some(keys::ACCOUNT) => state.account = Some(account_item::read(item)?),
                Some(sk) if sk.starts_with(keys::MAIL_PREFIX) => {
                    state.mail = Some(deserialize(item, "a mail cannot be read")?);
                }
                _ => {
                    let ticket = deserialize(item, "the ticket of a link cannot be read")?;
                    state.tickets.push(ticket);
                }
            }
        }
        Ok(state)
    }

    /// `message_id` is that of SES.
    pub async fn mark_sent(
        &self,
        key: MailKey,
        message_id: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let update = self
            .update(key.item_key(), "SET sent_at = :now, message_id = :message")
            .expression_attribute_values(":now", keys::text(&now))
            .expression_attribute_values(":message", keys::text(message_id));
        self.settle(key, update).await
    }

    /// The mail will never be sent.
    pub async fn mark_refused(&self, key: MailKey, reason: &str) -> Result<(), Error> {
        let update = self
            .update(key.item_key(), "SET refused = :reason")
            .expression_attribute_values(":reason", keys::text(reason));
        self.settle(key, update).await
    }

    /// A mail whose account was deleted meanwhile stays away. Nothing of a deleted account is kept once
    /// its last mail is settled.
    async fn settle(&self, key: MailKey, mark: UpdateItemFluentBuilder) -> Result<(), Error> {
        if !key.is_farewell {
            let mark = mark.condition_expression("attribute_exists(pk)");
            return was_updated(mark.send().await).map(drop);
        }
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.item_key()))
            .send()
            .await
            .map(drop)
            .map_err(|error| error::from_sdk(&error))
    }

    /// No mail is sent any more to an address that one came back from. Returns whether it is still
    /// that of the account.
    pub async fn mark_undeliverable(&self, user_id: Uuid, normal: &str) -> Result<bool, Error> {
        let update = self
            .update(keys::account(user_id), "SET undeliverable_email = :normal")
            .condition_expression("email_normal = :normal")
            .expression_attribute_values(":normal", keys::text(normal));
        was_updated(update.send().await)
    }

    fn update(&self, key: Item, expression: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression(expression)
    }
}

/// A condition that does not hold is no error.
fn was_updated<T, R>(outcome: Result<T, SdkError<UpdateItemError, R>>) -> Result<bool, Error> {
    match outcome {
        Ok(_) => Ok(true),
        Err(refused) => match refused.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
            _ => Err(error::from_sdk(&refused)),
        },
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_named_by_its_key_alone() {
        let (user_id, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sk = format!("MAIL#{id}");
        for (partition, is_farewell) in [("USER", false), ("DELETED", true)] {
            let key = MailKey::parse(&format!("{partition}#{user_id}"), &sk).unwrap();
            let expected = MailKey {
                user_id,
                id,
                is_farewell,
            };
            assert_eq!(key, expected);
            let item_key = key.item_key();
            assert_eq!(
                item_key["pk"],
                keys::text(&format!("{partition}#{user_id}"))
            );
            assert_eq!(item_key["sk"], keys::text(&sk));
        }
        let pk = format!("USER#{user_id}");
        for (pk, sk) in [
            ("USER#ada", &*sk),
            ("TASKS#00000000-0000-0000-0000-000000000001", &sk),
            ("USER", &sk),
            ("", &sk),
            (&pk, "MAIL#"),
            (&pk, "MAIL#1"),
            (&pk, "ACCOUNT"),
        ] {
            assert_eq!(MailKey::parse(pk, sk), None, "{pk} {sk}");
        }
    }
}
