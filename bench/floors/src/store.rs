//! The least that a call to the store can be.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, SharedHttpClient},
    types::AttributeValue,
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
            .item("pk", self.partition())
            .item("sk", AttributeValue::S("FLOOR".to_owned()))
            .item(
                "title",
                AttributeValue::S("Write the first program".to_owned()),
            )
            .send()
            .await
            .unwrap();
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
