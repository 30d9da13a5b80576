//! The mails that the product owes, as its table has them. The tokens of their links stand nowhere in
//! it, so the tests seal them with the product's own secret.

use shared::{
    Seal, Settings,
    mail::{LinkPurpose, LinkToken},
};

use super::{Item, SECRET, Server, secrets};

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
