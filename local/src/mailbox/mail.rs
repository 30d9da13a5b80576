//! A mail that has arrived.

use serde::Serialize;
use shared::{Timestamp, account::Email};
use url::Url;

/// Serialised, it is an entry of `/__mail.json`.
#[derive(Clone, Serialize)]
pub struct ReceivedMail {
    /// The message id that the sender was told.
    pub id: String,
    pub kind: Option<String>,
    pub to: String,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    /// The first link of the text that carries a token.
    pub link: Option<String>,
    pub token: Option<String>,
    pub sent_at: Timestamp,
}

/// Shows no address and no token.
impl std::fmt::Debug for ReceivedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceivedMail")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl ReceivedMail {
    /// In any spelling that counts as the same address.
    #[must_use]
    pub fn is_to(&self, address: &str) -> bool {
        match (Email::parse(&self.to), Email::parse(address)) {
            (Ok(own), Ok(other)) => own.normal() == other.normal(),
            _ => self.to == address.trim(),
        }
    }

    /// The line of `cargo dev`.
    #[must_use]
    pub fn announcement(&self) -> String {
        let kind = self.kind.as_deref().unwrap_or("of no kind");
        let link = self.link.as_deref().map(|link| format!(": {link}"));
        format!("Mail {kind} to {}{}", self.to, link.unwrap_or_default())
    }
}

/// The first link with a token, and the token.
pub(super) fn token_link(text: &str) -> Option<(String, String)> {
    text.split_whitespace().find_map(|word| {
        let start = word.find("https://").or_else(|| word.find("http://"))?;
        // A sentence may end with the link.
        let link = word[start..].trim_end_matches(['.', ',', ';', ')', '>', '"']);
        let url = Url::parse(link).ok()?;
        let (_, token) = url.query_pairs().find(|(name, _)| name == "token")?;
        // As the parser writes it: no control character reaches a terminal.
        Some((url.to_string(), token.into_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_with_a_token_is_found() {
        let pair = |link: &str, token: &str| Some((link.to_owned(), token.to_owned()));
        for (text, expected) in [
            ("Read https://a.example/help first.", None),
            (
                "See https://a.example and\nhttps://a.example/v?token=a-b_c&x=1\nhttp://b.example/?token=2",
                pair("https://a.example/v?token=a-b_c&x=1", "a-b_c"),
            ),
            (
                "(<http://127.0.0.1:9000/v?x=1&token=t>).",
                pair("http://127.0.0.1:9000/v?x=1&token=t", "t"),
            ),
            ("token=1 https:// http://", None),
            ("", None),
        ] {
            assert_eq!(token_link(text), expected, "{text}");
        }
    }
}
