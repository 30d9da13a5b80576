//! The sign-up by an e-mail that has an account already, where no call tells that.

use super::{
    Store, Write, account_is_not_being_deleted, account_item, audit_log, claims::username_is_free,
    keys, links, mails,
};
use crate::{
    Error, Timestamp,
    account::Account,
    audit::NewEntry,
    mail::{Mail, NewLink},
};

/// A decoy is of no use once it is written.
const DECOY_SECONDS: i64 = 60 * 60;

impl Store {
    /// Owes the owner of the e-mail the mail that tells of it, in as many writes of the same sizes as
    /// [`Store::create_account`] makes for `refused`, which is not created. A taken username is refused
    /// as it is there: that tells nothing of the e-mail.
    pub async fn owe_email_taken(
        &self,
        mail: &Mail,
        refused: &Account,
        link: &NewLink,
        entry: &NewEntry,
    ) -> Result<(), Error> {
        let now = refused.created_at;
        let username = keys::username_claim(&refused.username_normal);
        let [_, ticket] = links::write(link);
        let mut writes = vec![
            username_is_free(username, refused.id, now),
            account_is_not_being_deleted(mail.user_id).or_skip(),
            mails::write(mail),
        ];
        let expires_at = Timestamp::from_seconds(now.seconds() + DECOY_SECONDS);
        for left_out in [
            Write::put(account_item::write(refused)),
            audit_log::write(refused.id, entry),
            ticket,
        ] {
            writes.push(Write::decoy_of(&left_out, self.entropy.uuid()?, expires_at));
        }
        self.transact(writes).await
    }
}
