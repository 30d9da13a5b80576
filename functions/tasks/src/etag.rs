//! Versions of tasks as entity tags: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, 8.8.3 and 13.1).

/// A condition expression in DynamoDB holds at most 100 operands of `IN`.
const MAX_TAGS: usize = 90;

pub(crate) fn of(version: u64) -> String {
    format!("\"{version}\"")
}

/// The versions on which a change depends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    Any,
    /// Empty if no tag is a version of ours.
    OneOf(Vec<u64>),
}

impl IfMatch {
    /// Weak tags never match (RFC 9110, 13.1.1).
    pub(crate) fn parse(list: &str) -> Option<Self> {
        let list = list.trim();
        if list == "*" {
            return Some(Self::Any);
        }
        let tags = tags(list).filter(|tags| tags.len() <= MAX_TAGS)?;
        let strong = tags.iter().filter(|tag| !tag.is_weak);
        Some(Self::OneOf(
            strong.filter_map(|tag| version(tag.opaque)).collect(),
        ))
    }

    pub(crate) fn includes(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}

/// Whether a list of `If-None-Match` has the version, by the weak comparison (RFC 9110, 13.1.2).
pub(crate) fn is_in(list: &str, current: u64) -> bool {
    match list.trim() {
        "*" => true,
        list => tags(list)
            .is_some_and(|tags| tags.iter().any(|tag| version(tag.opaque) == Some(current))),
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    opaque: &'a str,
    is_weak: bool,
}

/// One or more entity tags with commas between them (RFC 9110, 8.8.3).
fn tags(list: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = list;
    loop {
        let (is_weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let (opaque, after) = quoted.strip_prefix('"')?.split_once('"')?;
        if !opaque.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        tags.push(Tag { opaque, is_weak });
        let after = after.trim_start();
        if after.is_empty() {
            return Some(tags);
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
}

/// The one spelling that we write: no sign, no leading zero.
fn version(opaque: &str) -> Option<u64> {
    opaque
        .parse()
        .ok()
        .filter(|version: &u64| version.to_string() == opaque)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_of_tags_is_valid_as_a_whole_or_not() {
        let opaque = |list| tags(list).map(|tags| tags.iter().map(|tag| tag.opaque).collect());
        assert_eq!(opaque("\"1\""), Some(vec!["1"]));
        assert_eq!(opaque("\"1\", W/\"2\",\"x\""), Some(vec!["1", "2", "x"]));
        assert_eq!(opaque("\"\""), Some(vec![""]));
        for bad in [
            "",
            "1",
            "\"1",
            "\"1\",",
            "\"1\" \"2\"",
            "w/\"1\"",
            "W/ \"1\"",
            "\"a b\"",
            "*,\"1\"",
        ] {
            assert_eq!(opaque(bad), None, "{bad}");
        }
        assert!(tags("W/\"2\"").unwrap()[0].is_weak);
    }

    #[test]
    fn at_most_90_tags_are_accepted() {
        let list = |count: usize| vec!["\"1\""; count].join(",");
        assert_eq!(IfMatch::parse(&list(90)), Some(IfMatch::OneOf(vec![1; 90])));
        assert_eq!(IfMatch::parse(&list(91)), None);
        assert_eq!(IfMatch::parse("*"), Some(IfMatch::Any));
        assert_eq!(
            IfMatch::parse("W/\"1\", \"x\""),
            Some(IfMatch::OneOf(vec![]))
        );
    }

    #[test]
    fn a_version_has_one_spelling() {
        assert_eq!(version("7"), Some(7));
        for other in ["", "07", "+7", "7.0", "-1", "99999999999999999999"] {
            assert_eq!(version(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = tags(&text);
        }

        #[test]
        fn an_etag_matches_its_own_version_alone(version in any::<u64>(), other in any::<u64>()) {
            let if_match = IfMatch::parse(&of(version)).unwrap();
            prop_assert!(if_match.includes(version));
            prop_assert_eq!(if_match.includes(other), other == version);
            let weak = IfMatch::parse(&format!("W/{}", of(version))).unwrap();
            prop_assert!(!weak.includes(version));
        }

        #[test]
        fn a_list_is_read_back(
            written in proptest::collection::vec(("[!#-~]{0,6}", any::<bool>(), "[ \\t]{0,2}"), 1..6),
        ) {
            let list: Vec<String> = written
                .iter()
                .map(|(opaque, is_weak, blank)| {
                    format!("{}\"{opaque}\"{blank}", if *is_weak { "W/" } else { "" })
                })
                .collect();
            let (list, first) = (list.join(", "), &written[0].2);
            let expected: Vec<Tag> =
                written.iter().map(|(opaque, is_weak, _)| Tag { opaque, is_weak: *is_weak }).collect();
            prop_assert_eq!(tags(&list), Some(expected));
            for spoilt in [format!("{list},"), format!(",{list}"), format!("{list}x{first}"), format!("*, {list}")] {
                prop_assert_eq!(tags(&spoilt), None);
            }
        }
    }
}
