//! The mails that the product owes, as its table has them. The tokens of their links stand nowhere in
//! it, so the tests seal them with the product's own secret.

use std::sync::Arc;

use mailer::{Mailer, Ses};
use serde_json::{Value, json};
use shared::{
    CookieNaming, Seal, Settings,
    mail::{LinkPurpose, LinkToken},
};

use super::{FakeSes, Item, SECRET, Server, secrets};

/// The settings that turn mail on.
pub const MAIL: [(&str, &str); 2] = [
    ("MAIL_FROM", "no-reply@example.com"),
    ("APP_URL", "https://app.example.com"),
];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwedMail {
    pub kind: String,
    pub to: String,
    pub id: String,
}

impl Server {
    pub async fn with_mail() -> Self {
        Self::with(&MAIL).await
    }

    /// With mail, and the function that sends it.
    pub async fn with_mailer(ses: &FakeSes) -> Self {
        let ses = Ses::to_local(&ses.endpoint()).without_pauses();
        Self::with_mailer_to(ses, &[]).await
    }

    pub async fn with_mailer_to(ses: Ses, settings: &[(&str, &str)]) -> Self {
        let settings = [&MAIL, settings].concat();
        Self::build_with_apps(&settings, CookieNaming::Host, |functions, app_of| {
            let app = app_of("mailer");
            functions.add_events("mailer", mailer::handler(Arc::new(Mailer { app, ses })));
        })
        .await
    }

    /// Calls `mailer` as the table's stream does. Returns the sequence number of the failure; that of
    /// the first mail is 1.
    pub async fn send_mails(&self, keys: &[(String, String)]) -> Option<u64> {
        let record = |(number, (pk, sk)): (usize, &(String, String))| {
            json!({
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
                    "SequenceNumber": (number + 1).to_string(),
                    "StreamViewType": "KEYS_ONLY",
                },
            })
        };
        let records: Vec<Value> = keys.iter().enumerate().map(record).collect();
        let response = self.invoke("mailer", json!({"Records": records})).await;
        let failures = response["batchItemFailures"].as_array().unwrap();
        assert!(failures.len() < 2, "{response}");
        let failure = failures.first()?;
        assert_eq!(failure.as_object().unwrap().len(), 1, "{failure}");
        Some(failure["itemIdentifier"].as_str().unwrap().parse().unwrap())
    }

    /// Every mail in the table, sent and unsent, in the order of its writing.
    pub async fn send_all_mails(&self) -> Option<u64> {
        self.send_mails(&self.mail_keys().await).await
    }

    pub async fn mail_keys(&self) -> Vec<(String, String)> {
        let mut mails = self.mail_items().await;
        mails.sort_by_key(|item| text(item, "sk").to_owned());
        let key = |item: &Item| (text(item, "pk").to_owned(), text(item, "sk").to_owned());
        mails.iter().map(key).collect()
    }

    pub async fn mail_items(&self) -> Vec<Item> {
        let mut items = self.items().await;
        items.retain(|item| text(item, "sk").starts_with("MAIL#"));
        items
    }

    /// Every mail that was ever owed to the user, by kind and address.
    pub async fn owed_mails(&self, user_id: &str) -> Vec<OwedMail> {
        let mut owed: Vec<OwedMail> = self
            .items()
            .await
            .iter()
            .filter(|item| text(item, "sk").starts_with("MAIL#"))
            .filter(|item| text(item, "user_id") == user_id)
            .map(|item| OwedMail {
                kind: text(item, "kind").to_owned(),
                to: text(item, "to").to_owned(),
                id: text(item, "id").to_owned(),
            })
            .collect();
        owed.sort();
        owed
    }

    /// The token of the last link of that purpose which was mailed to the user, whether or not it is
    /// good for anything.
    pub async fn link_token(&self, user_id: &str, purpose: LinkPurpose) -> Option<String> {
        let (pk, sk) = (
            format!("USER#{user_id}"),
            format!("LINK#{}", purpose.as_str()),
        );
        let items = self.items().await;
        let ticket = items
            .iter()
            .find(|item| text(item, "pk") == pk && text(item, "sk") == sk)?;
        Some(seal_link(user_id, text(ticket, "mail_id"), purpose, SECRET))
    }
}

/// A token of a link that is signed with any secret.
pub fn seal_link(user_id: &str, mail_id: &str, purpose: LinkPurpose, secret: &str) -> String {
    let settings = Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| secret.to_owned()));
    let token = LinkToken {
        purpose,
        user_id: user_id.parse().unwrap(),
        mail_id: mail_id.parse().unwrap(),
    };
    let token = token.seal(&Seal::new(&settings.unwrap())).unwrap();
    secrets::register(&token);
    token
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}
