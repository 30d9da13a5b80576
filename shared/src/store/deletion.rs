//! Deletes an account in three steps. Each may be repeated, so the next call finishes one that was cut
//! off.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;

use super::{Item, Store, Write, batch::MAX_DELETIONS, error, keys};
use crate::{Clock, Error, account::Account};

const CONCURRENT_BATCHES: usize = 4;
/// The next call deletes what is left then.
const MAX_SWEEP_MILLIS: i64 = 2_000;

impl Store {
    /// From the first step on nobody can log in. The account and its claims go last, in one
    /// transaction: a claim never outlives its account, and whoever signs up with the e-mail next
    /// sees nothing old.
    pub async fn delete_account(&self, account: &Account, clock: &Clock) -> Result<(), Error> {
        let end = clock.now().millis() + MAX_SWEEP_MILLIS;
        self.mark_as_being_deleted(account).await?;
        let has_time = || clock.now().millis() < end;
        // The log last: other calls may still write entries, and no tasks.
        for partition in [
            keys::tasks_partition(account.id),
            keys::user_partition(account.id),
        ] {
            self.delete_all_but_the_account(&partition, has_time)
                .await?;
        }
        self.delete_account_and_claims(account).await
    }

    async fn mark_as_being_deleted(&self, account: &Account) -> Result<(), Error> {
        let mark = Write::update(keys::account(account.id), "SET is_leaving = :yes")
            // They may have changed since the password was confirmed, and the last step deletes the
            // claims of those that were read.
            .when(
                "email_normal = :email AND username_normal = :username AND password_hash = :hash",
            )
            .with(":yes", AttributeValue::Bool(true))
            .with(":email", keys::text(&account.email_normal))
            .with(":username", keys::text(&account.username_normal))
            .with(":hash", keys::text(&account.password_hash))
            .or(|| Error::Conflict);
        self.transact(vec![mark]).await
    }

    /// Reads from the start until nothing is found, so items that were written meanwhile go as well.
    async fn delete_all_but_the_account(
        &self,
        partition: &AttributeValue,
        has_time: impl Fn() -> bool,
    ) -> Result<(), Error> {
        loop {
            let found = self.next_items(partition).await?;
            if found.is_empty() {
                return Ok(());
            }
            for batches in found.chunks(MAX_DELETIONS * CONCURRENT_BATCHES) {
                if !has_time() {
                    return Err(Error::Unavailable("a deletion goes on with the next call"));
                }
                let deletions = batches.chunks(MAX_DELETIONS);
                try_join_all(deletions.map(|batch| self.delete_batch(batch.to_vec()))).await?;
            }
        }
    }

    /// Keys of items other than the account itself.
    async fn next_items(&self, partition: &AttributeValue) -> Result<Vec<Item>, Error> {
        let mut from = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :partition")
                .expression_attribute_values(":partition", partition.clone())
                .projection_expression("pk, sk")
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| error::from_sdk(&error))?;
            from = page.last_evaluated_key;
            let mut found = page.items.unwrap_or_default();
            found.retain(|key| keys::sort_key(key) != Some(keys::ACCOUNT));
            if !found.is_empty() || from.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete_account_and_claims(&self, account: &Account) -> Result<(), Error> {
        let owned = "attribute_not_exists(pk) OR user_id = :owner";
        self.transact(vec![
            Write::delete(keys::account(account.id))
                .when("attribute_not_exists(pk) OR is_leaving = :yes")
                .with(":yes", AttributeValue::Bool(true))
                .or(|| Error::Internal("a deletion was taken back")),
            // Another call was faster, and the e-mail or username has a new owner already.
            Write::delete(keys::email_claim(&account.email_normal))
                .when(owned)
                .with(":owner", keys::text(&account.id))
                .or_skip(),
            Write::delete(keys::username_claim(&account.username_normal))
                .when(owned)
                .with(":owner", keys::text(&account.id))
                .or_skip(),
        ])
        .await
    }
}
