//! Direct access to the table, without the product.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use local::database;

use super::{Server, TABLE};

pub type Item = HashMap<String, AttributeValue>;

impl Server {
    pub async fn items(&self) -> Vec<Item> {
        let mut pages = database::client(self.database)
            .scan()
            .table_name(TABLE)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.unwrap());
        }
        items
    }

    /// `pk sk` of every item, sorted. Counters and log entries are left out.
    pub async fn keys(&self) -> Vec<String> {
        let mut keys = self.all_keys().await;
        keys.retain(|key| !key.starts_with("LIMIT#") && !key.contains(" LOG#"));
        keys
    }

    pub async fn log_keys(&self) -> Vec<String> {
        let mut keys = self.all_keys().await;
        keys.retain(|key| key.contains(" LOG#"));
        keys
    }

    /// `pk sk` of every item, sorted.
    pub async fn all_keys(&self) -> Vec<String> {
        let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
        let mut keys: Vec<String> = self
            .items()
            .await
            .iter()
            .map(|item| format!("{} {}", text(item, "pk"), text(item, "sk")))
            .collect();
        keys.sort();
        keys
    }

    /// Sets one attribute of an account.
    pub async fn set_account_attribute(
        &self,
        user_id: &str,
        attribute: &str,
        value: AttributeValue,
    ) {
        database::client(self.database)
            .update_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(format!("USER#{user_id}")))
            .key("sk", AttributeValue::S("ACCOUNT".to_owned()))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", attribute)
            .expression_attribute_values(":value", value)
            .send()
            .await
            .unwrap();
    }

    pub async fn put(&self, item: Item) {
        let client = database::client(self.database);
        client
            .put_item()
            .table_name(TABLE)
            .set_item(Some(item))
            .send()
            .await
            .unwrap();
    }

    /// Removes an item of a user's partition.
    pub async fn remove(&self, user_id: &str, sort_key: &str) {
        database::client(self.database)
            .delete_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(format!("USER#{user_id}")))
            .key("sk", AttributeValue::S(sort_key.to_owned()))
            .send()
            .await
            .unwrap();
    }

    /// Writes at most one batch: 25 items.
    pub async fn put_all(&self, items: &[Item]) {
        if items.is_empty() {
            return;
        }
        let requests = items.iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item.clone()));
            let put = put.build().unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        database::client(self.database)
            .batch_write_item()
            .request_items(TABLE, requests.collect())
            .send()
            .await
            .unwrap();
    }

    pub async fn account(&self, user_id: &str) -> Option<Item> {
        let pk = AttributeValue::S(format!("USER#{user_id}"));
        self.items()
            .await
            .into_iter()
            .find(|item| item["pk"] == pk && item["sk"] == AttributeValue::S("ACCOUNT".to_owned()))
    }

    /// Every claim has its account, and every account has its claims.
    pub async fn assert_claims_and_accounts_agree(&self) {
        let items = self.items().await;
        let text = |item: &Item, name: &str| item[name].as_s().unwrap().clone();
        let (mut claims, mut accounts) = (Vec::new(), Vec::new());
        for item in &items {
            match text(item, "sk").as_str() {
                // A username that was given up rests.
                "USERNAME" if item.contains_key("expires_at") => {}
                "EMAIL" | "USERNAME" => claims.push((text(item, "pk"), text(item, "user_id"))),
                "ACCOUNT" => {
                    let id = text(item, "id");
                    accounts.push((format!("EMAIL#{}", text(item, "email_normal")), id.clone()));
                    accounts.push((format!("USERNAME#{}", text(item, "username_normal")), id));
                }
                _ => {}
            }
        }
        claims.sort();
        accounts.sort();
        assert_eq!(claims, accounts);
    }
}
