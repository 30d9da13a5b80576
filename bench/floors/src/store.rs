//! The store requests of the product, each with the least code that sends it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedHttpClient},
    types::{
        AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, TransactWriteItem, Update,
    },
};

use crate::env_var;

#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    user_id: String,
}

impl Store {
    /// Does without `aws-config`, which searches several places for region and credentials.
    pub fn from_env(http_client: SharedHttpClient) -> Self {
        let id = env_var("AWS_ACCESS_KEY_ID");
        let secret = env_var("AWS_SECRET_ACCESS_KEY");
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(env_var("AWS_REGION")))
            .credentials_provider(Credentials::new(id, secret, None, None, "environment"))
            .endpoint_url(env_var("AWS_ENDPOINT_URL_DYNAMODB"))
            .http_client(http_client)
            .build();
        Self {
            client: Client::from_conf(config),
            table: env_var("TABLE_NAME"),
            user_id: env_var("FLOOR_USER_ID"),
        }
    }

    pub async fn get(&self) {
        let request = self.client.get_item().table_name(&self.table);
        let key = Some(self.key("ACCOUNT"));
        let found = request.set_key(key).consistent_read(true).send().await;
        assert!(found.unwrap().item().is_some());
    }

    pub async fn put(&self) {
        let request = self.client.put_item().table_name(&self.table);
        request.set_item(Some(self.task())).send().await.unwrap();
    }

    /// The product authenticates a caller with such a request.
    pub async fn batch_get(&self) {
        let keys = ["ACCOUNT", "SESSION#floor", "TOKEN#floor"].map(|sk| self.key(sk));
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys.into()))
            .consistent_read(true)
            .build();
        let request = self.client.batch_get_item();
        let found = request.request_items(&self.table, keys.unwrap());
        assert!(found.send().await.unwrap().responses().is_some());
    }

    /// The product creates a task like this: the put depends on a check of the account, and the task
    /// is counted.
    pub async fn transact(&self) {
        let count = Update::builder()
            .table_name(&self.table)
            .set_key(Some(self.key("COUNT")))
            .update_expression("ADD tasks :one")
            .condition_expression("attribute_not_exists(pk) OR tasks < :most")
            .expression_attribute_values(":one", number("1"))
            .expression_attribute_values(":most", number("1000000"))
            .build();
        let count = TransactWriteItem::builder().update(count.unwrap());
        let put = self.transact_put(self.task());
        self.commit(vec![self.check_account(), count.build(), put])
            .await;
    }

    /// The product counts an attempt like this.
    pub async fn count(&self) {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(self.key("COUNTER")))
            .update_expression("SET so_far = if_not_exists(so_far, :none) + :one")
            .condition_expression("attribute_not_exists(pk) OR so_far < :most")
            .expression_attribute_values(":none", number("0"))
            .expression_attribute_values(":one", number("1"))
            .expression_attribute_values(":most", number("1000000"))
            .send()
            .await
            .unwrap();
    }

    /// The product ends a login like this.
    pub async fn transact_login(&self) {
        let counter = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(self.key("COUNTER")))
            .condition_expression("attribute_exists(pk)")
            .build();
        let counter = TransactWriteItem::builder().delete(counter.unwrap());
        let put = self.transact_put(self.task());
        self.commit(vec![self.check_account(), put, counter.build()])
            .await;
    }

    /// As many items as the product writes at sign-up, each as large as a task.
    pub async fn transact_four(&self) {
        let puts = ["ONE", "TWO", "THREE", "FOUR"].map(|sk| {
            let mut item = self.task();
            item.extend(self.key(sk));
            self.transact_put(item)
        });
        self.commit(puts.into()).await;
    }

    /// The product lists 50 tasks like this. Item 51 would tell it that there is another page.
    pub async fn query(&self) {
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :user AND begins_with(#sort, :start)")
            .expression_attribute_names("#sort", "sk")
            .expression_attribute_values(":user", text(&format!("TASKS#{}", self.user_id)))
            .expression_attribute_values(":start", text("TASK#"))
            .scan_index_forward(false)
            .limit(51)
            .consistent_read(true)
            .send()
            .await
            .unwrap();
        assert_eq!(found.count, 50);
    }

    async fn commit(&self, writes: Vec<TransactWriteItem>) {
        let request = self.client.transact_write_items();
        let request = request.set_transact_items(Some(writes));
        request.send().await.unwrap();
    }

    fn check_account(&self) -> TransactWriteItem {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(self.key("ACCOUNT")))
            .condition_expression("attribute_exists(pk)")
            .build();
        TransactWriteItem::builder()
            .condition_check(check.unwrap())
            .build()
    }

    fn transact_put(&self, item: HashMap<String, AttributeValue>) -> TransactWriteItem {
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = put.build().unwrap();
        TransactWriteItem::builder().put(put).build()
    }

    /// As large as the task that the product creates in the same measurement.
    fn task(&self) -> HashMap<String, AttributeValue> {
        let mut task = self.key("FLOOR");
        let attributes = [
            ("id", text("019312d0-7b7c-7000-8000-000000000000")),
            ("user_id", text(&self.user_id)),
            ("title", text("Write the first program")),
            ("description", AttributeValue::Null(true)),
            ("completed", AttributeValue::Bool(false)),
            ("priority", text("medium")),
            ("due_date", text("2026-12-10")),
            ("tags", AttributeValue::L(vec![text("engine")])),
            ("created_at", text("2026-11-21T16:30:00.000Z")),
            ("updated_at", text("2026-11-21T16:30:00.000Z")),
            ("version", number("1")),
            ("last_write", text("create")),
        ];
        task.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
        task
    }

    fn key(&self, sk: &str) -> HashMap<String, AttributeValue> {
        let key = [("pk", self.partition()), ("sk", text(sk))];
        key.map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn partition(&self) -> AttributeValue {
        AttributeValue::S(format!("USER#{}", self.user_id))
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(digits: &str) -> AttributeValue {
    AttributeValue::N(digits.to_owned())
}
