//! The end of an account, in three steps that may each be repeated: a call that is cut off is
//! finished by the next one.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;

use super::{
    Store,
    batch::{BatchWrite, MOST_WRITES},
    failure, keys,
    write::Write,
};
use crate::{Clock, Error, account::Account};

const BATCHES_AT_ONCE: usize = 4;
/// What is left then is for the next call.
const LONGEST_SWEEP_MILLIS: i64 = 2_000;

impl Store {
    /// From the first step on nobody can log in. The claims go with the account itself at the end,
    /// so there is never a claim without an account, and the e-mail is free when nothing of the old
    /// account is left to be seen.
    pub async fn delete_account(&self, account: &Account, clock: &Clock) -> Result<(), Error> {
        let end = clock.now().millis() + LONGEST_SWEEP_MILLIS;
        self.begin_leaving(account).await?;
        self.delete_all_but_the_account(account, || clock.now().millis() < end)
            .await?;
        self.delete_account_and_claims(account).await
    }

    async fn begin_leaving(&self, account: &Account) -> Result<(), Error> {
        let leave = Write::update(keys::account(account.id), "SET is_leaving = :yes")
            // A username or password that was changed meanwhile is not the one that was confirmed.
            .when("username_normal = :username AND password_hash = :hash")
            .with(":yes", AttributeValue::Bool(true))
            .with(":username", keys::text(&account.username_normal))
            .with(":hash", keys::text(&account.password_hash));
        if self.transact(vec![leave]).await?.was_refused_by(0) {
            return Err(Error::Conflict);
        }
        Ok(())
    }

    /// Reads from the start until nothing is found, so what was written meanwhile goes as well.
    async fn delete_all_but_the_account(
        &self,
        account: &Account,
        has_time: impl Fn() -> bool,
    ) -> Result<(), Error> {
        loop {
            let sort_keys = self.some_other_sort_keys(account).await?;
            if sort_keys.is_empty() {
                return Ok(());
            }
            for batches in sort_keys.chunks(MOST_WRITES * BATCHES_AT_ONCE) {
                if !has_time() {
                    return Err(Error::Unavailable("a deletion goes on with the next call"));
                }
                let deletions = batches.chunks(MOST_WRITES);
                try_join_all(deletions.map(|batch| self.delete_batch(account, batch))).await?;
            }
        }
    }

    async fn some_other_sort_keys(&self, account: &Account) -> Result<Vec<String>, Error> {
        let mut from = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :user")
                .expression_attribute_values(":user", keys::partition(account.id))
                .projection_expression("sk")
                .consistent_read(true)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| failure::meaning(&error))?;
            let found: Vec<String> = page
                .items()
                .iter()
                .filter_map(keys::sort_key)
                .filter(|sk| *sk != keys::ACCOUNT)
                .map(str::to_owned)
                .collect();
            from = page.last_evaluated_key;
            if !found.is_empty() || from.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete_batch(&self, account: &Account, sort_keys: &[String]) -> Result<(), Error> {
        let deletions = sort_keys
            .iter()
            .map(|sk| BatchWrite::Delete(keys::of_user(account.id, sk)));
        self.write_batch(deletions.collect()).await
    }

    async fn delete_account_and_claims(&self, account: &Account) -> Result<(), Error> {
        let owned = "attribute_not_exists(pk) OR user_id = :owner";
        let outcome = self
            .transact(vec![
                Write::delete(keys::account(account.id))
                    .when("attribute_not_exists(pk) OR is_leaving = :yes")
                    .with(":yes", AttributeValue::Bool(true)),
                Write::delete(keys::email_claim(&account.email_normal))
                    .when(owned)
                    .with(":owner", keys::text(&account.id)),
                Write::delete(keys::username_claim(&account.username_normal))
                    .when(owned)
                    .with(":owner", keys::text(&account.id)),
            ])
            .await?;
        // Another call was faster, and the e-mail may have a new owner already.
        if outcome.was_refused_by(0) {
            return Err(Error::Internal(
                "an account that was leaving is not leaving any more",
            ));
        }
        Ok(())
    }
}
