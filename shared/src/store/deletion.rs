//! Deletes an account in three steps. Each may be repeated, and by several at once: the call that began
//! it, and the function `sweeper`, which the table's stream calls because of the first step.

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, Select},
};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{Item, Store, Write, account_item, batch::MAX_DELETIONS, error, keys, mails};
use crate::{Error, Timestamp, TokenFault, account::Account, mail::Mail};

/// More are no faster: four at once write more than the 1,000 units a second of one partition.
const CONCURRENT_BATCHES: usize = 4;

/// The call that began a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    ThisCall,
    AnotherCall,
}

impl Store {
    /// From now on nobody can log in, and neither names nor password of the account change.
    pub async fn begin_deletion(
        &self,
        account: &Account,
        now: Timestamp,
    ) -> Result<Beginning, Error> {
        let mark = Write::update(keys::account(account.id), "SET is_leaving = :yes")
            // They may have changed since the password was confirmed.
            .when(
                "username_normal = :username AND email_normal = :email AND password_hash = :hash \
                 AND is_leaving = :before",
            )
            .with(":yes", AttributeValue::Bool(true))
            .with(":before", AttributeValue::Bool(account.is_leaving))
            .with(":username", keys::text(&account.username_normal))
            .with(":email", keys::text(&account.email_normal))
            .with(":hash", keys::text(&account.password_hash))
            .or_existing();
        // A new item each time: the stream may have given up the last one.
        let id = self.entropy.sortable_uuid(now)?;
        let call_sweeper = Write::put(keys::sweep(account.id, id));
        match self.transact_or_existing(vec![mark, call_sweeper]).await? {
            None if account.is_leaving => Ok(Beginning::AnotherCall),
            None => Ok(Beginning::ThisCall),
            Some(existing) => require_same_deletion(existing, account),
        }
    }

    /// Deletes everything but the account. The log goes last: other calls may still write entries,
    /// and no tasks.
    pub async fn sweep(&self, user_id: Uuid) -> Result<(), Error> {
        self.sweep_telling(user_id, &|_| {}).await
    }

    /// The same, telling how many items went each time.
    pub async fn sweep_telling(
        &self,
        user_id: Uuid,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<(), Error> {
        for partition in partitions(user_id) {
            self.delete_all_but_the_account(&partition, tell).await?;
        }
        Ok(())
    }

    /// The number of items that a sweep would delete now.
    pub async fn count_to_sweep(&self, user_id: Uuid) -> Result<u64, Error> {
        let mut count = 0;
        for partition in partitions(user_id) {
            let mut from = None;
            loop {
                let page = self
                    .query_all_of(&partition)
                    .select(Select::Count)
                    .set_exclusive_start_key(from)
                    .send()
                    .await
                    .map_err(|error| error::from_sdk(&error))?;
                count += u64::try_from(page.count).unwrap_or_default();
                from = page.last_evaluated_key;
                if from.is_none() {
                    break;
                }
            }
        }
        // The account itself goes last.
        Ok(count.saturating_sub(1))
    }

    /// The account and its claims go last, in one transaction: a claim never outlives its account, and
    /// the next owner of the e-mail sees nothing old. If somebody else has finished the deletion,
    /// nothing is written, the mail neither.
    pub async fn finish_deletion(
        &self,
        account: &Account,
        farewell: Option<&Mail>,
    ) -> Result<(), Error> {
        let owned = "attribute_not_exists(pk) OR user_id = :owner";
        let claims = [
            keys::email_claim(&account.email_normal),
            keys::username_claim(&account.username_normal),
        ];
        let mut writes = vec![
            Write::delete(keys::account(account.id))
                .when("is_leaving = :yes")
                .with(":yes", AttributeValue::Bool(true))
                .or_skip(),
        ];
        writes.extend(claims.map(|claim| {
            Write::delete(claim)
                .when(owned)
                .with(":owner", keys::text(&account.id))
                .or(|| Error::Internal("an account did not have its claims"))
        }));
        writes.extend(farewell.map(mails::write_farewell));
        self.transact(writes).await
    }

    /// Reads from the start until nothing is found, so items that were written meanwhile go as well.
    async fn delete_all_but_the_account(
        &self,
        partition: &AttributeValue,
        tell: &(dyn Fn(usize) + Sync),
    ) -> Result<(), Error> {
        loop {
            let found = self.next_items(partition).await?;
            if found.is_empty() {
                return Ok(());
            }
            for batches in found.chunks(MAX_DELETIONS * CONCURRENT_BATCHES) {
                let deletions = batches.chunks(MAX_DELETIONS);
                try_join_all(deletions.map(|batch| self.delete_batch(batch.to_vec()))).await?;
                tell(batches.len());
            }
        }
    }

    fn query_all_of(&self, partition: &AttributeValue) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", partition.clone())
    }

    /// Keys of items other than the account itself.
    async fn next_items(&self, partition: &AttributeValue) -> Result<Vec<Item>, Error> {
        let mut from = None;
        loop {
            let page = self
                .query_all_of(partition)
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
}

/// The log goes last.
fn partitions(user_id: Uuid) -> [AttributeValue; 2] {
    [
        keys::tasks_partition(user_id),
        keys::user_partition(user_id),
    ]
}

/// Another call may have begun to delete the account that the password was confirmed for, or even have
/// finished.
fn require_same_deletion(existing: Item, account: &Account) -> Result<Beginning, Error> {
    if existing.is_empty() {
        return Err(TokenFault::Revoked("no such account").into());
    }
    let existing = account_item::read(existing)?;
    let is_same = existing.is_leaving
        && existing.username_normal == account.username_normal
        && existing.email_normal == account.email_normal
        && existing.password_hash == account.password_hash;
    if is_same {
        Ok(Beginning::AnotherCall)
    } else {
        Err(Error::Conflict)
    }
}
