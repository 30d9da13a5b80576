//! Items that the product wrote, and copies of them in which other words stand. So a table is filled with what
//! the product writes, whatever that is, faster than the product can be called.

use dynoxide::{AttributeValue, Item};

#[derive(Debug)]
pub struct Pattern {
    items: Vec<Item>,
    words: Vec<String>,
}

impl Pattern {
    /// Those of the items that mention the first of the words; each copy has its own in the place of each.
    #[must_use]
    pub fn among(items: Vec<Item>, words: &[&str]) -> Self {
        let mentions = |item: &Item| item.values().any(|value| mentions(value, words[0]));
        Self {
            items: items.into_iter().filter(mentions).collect(),
            words: words.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    #[must_use]
    pub fn copy(&self, words: &[&str]) -> Vec<Item> {
        assert_eq!(words.len(), self.words.len(), "a word for each word");
        let mut copy = self.items.clone();
        for value in copy.iter_mut().flat_map(Item::values_mut) {
            for (old, new) in self.words.iter().zip(words) {
                replace(value, old, new);
            }
        }
        copy
    }
}

fn mentions(value: &AttributeValue, word: &str) -> bool {
    match value {
        AttributeValue::S(text) => text.contains(word),
        AttributeValue::SS(texts) => texts.iter().any(|text| text.contains(word)),
        AttributeValue::L(values) => values.iter().any(|value| mentions(value, word)),
        AttributeValue::M(values) => values.values().any(|value| mentions(value, word)),
        _ => false,
    }
}

fn replace(value: &mut AttributeValue, old: &str, new: &str) {
    let in_text = |text: &mut String| {
        if text.contains(old) {
            *text = text.replace(old, new);
        }
    };
    match value {
        AttributeValue::S(text) => in_text(text),
        AttributeValue::SS(texts) => texts.iter_mut().for_each(in_text),
        AttributeValue::L(values) => values.iter_mut().for_each(|it| replace(it, old, new)),
        AttributeValue::M(values) => values.values_mut().for_each(|it| replace(it, old, new)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{PASSWORD, Service};

    fn item(value: serde_json::Value) -> Item {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_copy_has_its_own_words_wherever_the_old_ones_stood_and_nothing_else_of_its_own() {
        let original = item(json!({
            "pk": {"S": "USER#one"},
            "list": {"L": [{"S": "one@here"}, {"N": "1"}, {"M": {"deep": {"S": "one, here"}}}]},
            "set": {"SS": ["here", "there"]},
            "open": {"BOOL": true},
        }));
        let stranger = item(json!({"pk": {"S": "USER#other"}, "at": {"S": "here"}}));
        let pattern = Pattern::among(vec![stranger, original.clone()], &["one", "here"]);
        assert_eq!(pattern.items(), std::slice::from_ref(&original));

        let copy = item(json!({
            "pk": {"S": "USER#two"},
            "list": {"L": [{"S": "two@away"}, {"N": "1"}, {"M": {"deep": {"S": "two, away"}}}]},
            "set": {"SS": ["away", "taway"]},
            "open": {"BOOL": true},
        }));
        assert_eq!(pattern.copy(&["two", "away"]), [copy]);
        assert_eq!(pattern.copy(&["one", "here"]), [original]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_copied_account_is_one_to_the_product() {
        let service = Service::start().await;
        let email = "original@example.com";
        let original = service.sign_up(email).await;
        let pattern = Pattern::among(service.items(), &[&original.id, email]);
        let id = "2f0c4a7e-5d1b-4c3e-9a8f-6b7d8e9f0a1b";
        service.import(pattern.copy(&[id, "copy@example.com"]));

        let login = json!({"email": "copy@example.com", "password": PASSWORD});
        let (status, answer, _) = service.post("/api/auth/login", &login).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["user"]["id"], id);
        let (status, answer, _) = service
            .post(
                "/api/auth/signup",
                &json!({"email": "copy@example.com", "password": PASSWORD}),
            )
            .await;
        assert_eq!((status, &answer["error_code"]), (409, &json!("EmailTaken")));
    }
}
