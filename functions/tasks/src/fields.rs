//! The rules of every field that a caller may write.

use serde_json::Value;

use crate::task::Priority;

const LONGEST_TITLE: usize = 200;
const LONGEST_DESCRIPTION: usize = 4000;
const MOST_TAGS: usize = 20;
const LONGEST_TAG: usize = 50;

pub(crate) fn title(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() {
        return Err("Give a title of 1 to 200 characters that are not all blanks.");
    }
    if text.chars().nth(LONGEST_TITLE).is_some() {
        return Err("Give a title of at most 200 characters.");
    }
    if text.chars().any(char::is_control) {
        return Err("Remove control characters from the title.");
    }
    Ok(text.to_owned())
}

pub(crate) fn description(text: &str) -> Result<String, &'static str> {
    if text.chars().nth(LONGEST_DESCRIPTION).is_some() {
        return Err("Give a description of at most 4,000 characters.");
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n'))
    {
        return Err("Remove control characters other than tab and newline from the description.");
    }
    Ok(text.to_owned())
}

pub(crate) fn completed(value: &Value) -> Result<bool, &'static str> {
    value.as_bool().ok_or("This must be true or false.")
}

pub(crate) fn priority(text: &str) -> Result<Priority, &'static str> {
    Priority::ALL
        .into_iter()
        .find(|priority| priority.as_str() == text)
        .ok_or("Give one of low, medium and high.")
}

/// In the order given, each kept once.
pub(crate) fn tags(value: &Value) -> Result<Vec<String>, &'static str> {
    let given = value.as_array().ok_or("This must be a list of strings.")?;
    let mut tags = Vec::new();
    for tag in given {
        let tag = self::tag(tag.as_str().ok_or("This must be a list of strings.")?)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        // At once: a body has room for ten thousand, and each is compared with all before it.
        if tags.len() > MOST_TAGS {
            return Err("Give at most 20 tags.");
        }
    }
    Ok(tags)
}

pub(crate) fn tag(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.chars().nth(LONGEST_TAG).is_some() {
        return Err("Give tags of 1 to 50 characters each.");
    }
    if text.chars().any(char::is_control) {
        return Err("Remove control characters from the tags.");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lengths_count_characters() {
        assert!(title(&"🦊".repeat(200)).is_ok());
        assert!(title(&"🦊".repeat(201)).is_err());
        assert!(description(&"é".repeat(4000)).is_ok());
        assert!(description(&"é".repeat(4001)).is_err());
        assert!(description("").is_ok());
        assert!(tag(&"ß".repeat(50)).is_ok());
        assert!(tag(&"ß".repeat(51)).is_err());
    }

    #[test]
    fn control_characters_are_refused_but_for_tab_and_newline_in_the_description() {
        for control in ['\0', '\t', '\n', '\r', '\u{7f}', '\u{85}', '\u{9f}'] {
            let text = format!("a{control}b");
            assert!(title(&text).is_err() && tag(&text).is_err(), "{control:?}");
            assert_eq!(
                description(&text).is_ok(),
                matches!(control, '\t' | '\n'),
                "{control:?}"
            );
        }
        assert!(title("\u{200d}\u{202e}\u{feff}").is_ok());
    }

    #[test]
    fn a_title_of_blanks_alone_is_none() {
        for blank in ["", " ", "\u{a0}\u{3000}"] {
            assert!(title(blank).is_err());
        }
        assert_eq!(title(" a ").unwrap(), " a ");
    }

    #[test]
    fn a_repeated_tag_is_kept_once_and_counts_once() {
        assert_eq!(tags(&json!(["b", "a", "b"])).unwrap(), ["b", "a"]);
        assert!(tags(&json!(vec!["same"; 30])).is_ok());
        let many = |n: usize| json!((0..n).map(|n| format!("{n}")).collect::<Vec<_>>());
        assert!(tags(&many(20)).is_ok());
        assert!(tags(&many(21)).is_err());
        // The rest is not looked at.
        let mut too_many: Vec<Value> = (0..21).map(|n| json!(format!("{n}"))).collect();
        too_many.push(json!(1));
        assert_eq!(tags(&json!(too_many)), Err("Give at most 20 tags."));
        for bad in [
            json!("a"),
            json!([1]),
            json!([null]),
            json!([""]),
            json!({}),
        ] {
            assert!(tags(&bad).is_err(), "{bad}");
        }
    }

    /// Of any length about the bounds, and of anything that text is made of.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[ \u{a0}\u{3000}\t\n]{0,3}",
            "\\PC{48,52}",
            "[a🦊]{198,202}",
            "[é\n]{3998,4002}"
        ]
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_was_given_and_in_bounds(text in text()) {
            let length = text.chars().count();
            let controls = text.chars().filter(|c| c.is_control()).count();
            let layout = text.matches(['\t', '\n']).count();
            let expected = [
                (title(&text), (1..=200).contains(&length) && controls == 0 && text.trim() != ""),
                (description(&text), length <= 4000 && controls == layout),
                (tag(&text), (1..=50).contains(&length) && controls == 0),
            ];
            for (verdict, is_good) in expected {
                prop_assert_eq!(verdict.as_ref().ok(), is_good.then_some(&text));
            }
        }

        #[test]
        fn tags_are_a_set_in_the_order_given(given in proptest::collection::vec("[a-e]{1,2}", 0..40)) {
            let distinct = given.iter().collect::<std::collections::BTreeSet<_>>().len();
            let Ok(kept) = tags(&json!(given)) else {
                prop_assert!(distinct > 20);
                return Ok(());
            };
            prop_assert_eq!(kept.len(), distinct);
            let places: Vec<_> = kept.iter().map(|tag| given.iter().position(|it| it == tag)).collect();
            prop_assert!(places.is_sorted() && places.iter().all(Option::is_some));
            prop_assert_eq!(tags(&json!(kept)), Ok(kept));
        }

        #[test]
        fn a_priority_has_one_spelling(text in "[lLmMhH]?(ow|edium|igh)? ?") {
            prop_assert_eq!(priority(&text).ok().map(Priority::as_str), priority(&text).ok().map(|_| &*text));
            prop_assert_eq!(priority(&text).is_ok(), ["low", "medium", "high"].contains(&&*text));
        }
    }
}
