//! The least that a call to the store can be.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedHttpClient},
    types::{
        AttributeValue, ConditionCheck, DeleteRequest, KeysAndAttributes, Put, PutRequest,
        TransactWriteItem, WriteRequest,
    },
};

use crate::told;

#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    user_id: String,
}

impl Store {
    /// Without the search for region and credentials that `aws-config` makes.
    #[must_use]
    pub fn told(http_client: SharedHttpClient) -> Self {
        let id = told("AWS_ACCESS_KEY_ID");
        let secret = told("AWS_SECRET_ACCESS_KEY");
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(told("AWS_REGION")))
            .credentials_provider(Credentials::new(id, secret, None, None, "environment"))
            .endpoint_url(told("AWS_ENDPOINT_URL_DYNAMODB"))
            .http_client(http_client)
            .build();
        Self {
            client: Client::from_conf(config),
            table: told("TABLE_NAME"),
            user_id: told("FLOOR_USER_ID"),
        }
    }

    pub async fn get(&self) {
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", self.partition())
            .key("sk", AttributeValue::S("ACCOUNT".to_owned()))
            .consistent_read(true)
            .send()
            .await
            .unwrap();
        assert!(found.item().is_some());
    }

    pub async fn put(&self) {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(self.task()))
            .send()
            .await
            .unwrap();
    }

    /// What the product asks for to know a caller's standing.
    pub async fn batch_get(&self) {
        let wanted = ["ACCOUNT", "SESSION#floor", "TOKEN#floor"].map(|sk| self.key(sk));
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(wanted.into()))
            .consistent_read(true)
            .build();
        let found = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted.unwrap())
            .send()
            .await
            .unwrap();
        assert!(found.responses().is_some());
    }

    /// As the product makes a task: beside a check of the account.
    pub async fn transact(&self) {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(self.key("ACCOUNT")))
            .condition_expression("attribute_exists(pk)")
            .build();
        let check = TransactWriteItem::builder().condition_check(check.unwrap());
        self.commit(vec![check.build(), self.put_of(self.task())])
            .await;
    }

    /// As the product counts an attempt.
    pub async fn count(&self) {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(self.key("COUNTER")))
            .update_expression("SET so_far = if_not_exists(so_far, :none) + :one")
            .condition_expression("attribute_not_exists(pk) OR so_far < :most")
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":most", AttributeValue::N("1000000".to_owned()))
            .send()
            .await
            .unwrap();
    }

    /// As the product ends a login.
    pub async fn batch_write(&self) {
        let put = PutRequest::builder()
            .set_item(Some(self.task()))
            .build()
            .unwrap();
        let delete = DeleteRequest::builder()
            .set_key(Some(self.key("COUNTER")))
            .build()
            .unwrap();
        let writes = vec![
            WriteRequest::builder().put_request(put).build(),
            WriteRequest::builder().delete_request(delete).build(),
        ];
        self.client
            .batch_write_item()
            .request_items(&self.table, writes)
            .send()
            .await
            .unwrap();
    }

    /// As many items as the product makes of an account, each as large as a task.
    pub async fn transact_four(&self) {
        let puts = ["ONE", "TWO", "THREE", "FOUR"].map(|sk| {
            let mut item = self.task();
            item.extend(self.key(sk));
            self.put_of(item)
        });
        self.commit(puts.into()).await;
    }

    async fn commit(&self, writes: Vec<TransactWriteItem>) {
        self.client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .send()
            .await
            .unwrap();
    }

    fn put_of(&self, item: HashMap<String, AttributeValue>) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .build();
        TransactWriteItem::builder().put(put.unwrap()).build()
    }

    /// As much as the task that the product makes meanwhile.
    fn task(&self) -> HashMap<String, AttributeValue> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
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
            ("version", AttributeValue::N("1".to_owned())),
            ("last_write", text("create")),
        ];
        task.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
        task
    }

    fn key(&self, sk: &str) -> HashMap<String, AttributeValue> {
        HashMap::from([
            ("pk".to_owned(), self.partition()),
            ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
        ])
    }

    /// As the product lists 50 tasks: one more, to know whether the list goes on.
    pub async fn query(&self) {
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :user AND begins_with(#sort, :start)")
            .expression_attribute_names("#sort", "sk")
            .expression_attribute_values(":user", self.partition())
            .expression_attribute_values(":start", AttributeValue::S("TASK#".to_owned()))
            .scan_index_forward(false)
            .limit(51)
            .consistent_read(true)
            .send()
            .await
            .unwrap();
        assert_eq!(found.count, 50);
    }

    fn partition(&self) -> AttributeValue {
        AttributeValue::S(format!("USER#{}", self.user_id))
    }
}
