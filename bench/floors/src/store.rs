//! The least that a call to the store can be.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedHttpClient},
    types::{
        AttributeValue, ConditionCheck, KeysAndAttributes, Put, TransactWriteItem,
        builders::TransactWriteItemBuilder,
    },
};

use crate::told;

/// Without the search for region and credentials that `aws-config` makes.
#[must_use]
pub fn client(http_client: SharedHttpClient) -> Client {
    let id = told("AWS_ACCESS_KEY_ID");
    let secret = told("AWS_SECRET_ACCESS_KEY");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(told("AWS_REGION")))
        .credentials_provider(Credentials::new(id, secret, None, None, "environment"))
        .endpoint_url(told("AWS_ENDPOINT_URL_DYNAMODB"))
        .http_client(http_client)
        .build();
    Client::from_conf(config)
}

/// What one call asks of the store, one request after the other.
#[derive(Clone, Debug)]
pub struct Work {
    table: String,
    user_id: String,
    kind: String,
}

impl Work {
    #[must_use]
    pub fn told() -> Self {
        Self {
            table: told("TABLE_NAME"),
            user_id: told("FLOOR_USER_ID"),
            kind: told("FLOOR_WORK"),
        }
    }

    pub async fn perform(&self, client: &Client) {
        match self.kind.as_str() {
            "query" => self.query(client).await,
            "get" => self.get(client).await,
            "batch and transact" => {
                self.batch_get(client).await;
                self.transact(client).await;
            }
            _ => {
                self.get(client).await;
                self.put(client).await;
            }
        }
    }

    pub async fn get(&self, client: &Client) {
        let found = client
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

    async fn put(&self, client: &Client) {
        client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(self.task()))
            .send()
            .await
            .unwrap();
    }

    /// What the product asks for to know a caller's standing.
    async fn batch_get(&self, client: &Client) {
        let wanted = ["ACCOUNT", "SESSION#floor", "TOKEN#floor"].map(|sk| self.key(sk));
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(wanted.into()))
            .consistent_read(true)
            .build();
        let found = client
            .batch_get_item()
            .request_items(&self.table, wanted.unwrap())
            .send()
            .await
            .unwrap();
        assert!(found.responses().is_some());
    }

    /// As the product makes a task: beside a check of the account.
    async fn transact(&self, client: &Client) {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(self.key("ACCOUNT")))
            .condition_expression("attribute_exists(pk)")
            .build();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(self.task()))
            .build();
        let items = [
            TransactWriteItem::builder().condition_check(check.unwrap()),
            TransactWriteItem::builder().put(put.unwrap()),
        ];
        client
            .transact_write_items()
            .set_transact_items(Some(items.map(TransactWriteItemBuilder::build).into()))
            .send()
            .await
            .unwrap();
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
    async fn query(&self, client: &Client) {
        let found = client
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
