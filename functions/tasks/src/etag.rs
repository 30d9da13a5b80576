//! Versions as entity tags: what `ETag`, `If-Match` and `If-None-Match` say.

use http::header;
use shared::http::{Form, Request};

/// More than anybody means, and fewer than one condition in the store may name.
const MOST_TAGS: usize = 90;

pub(crate) fn of(version: u64) -> String {
    format!("\"{version}\"")
}

/// Which versions a caller wants to change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Any,
    /// Possibly none, of tags that are no version of ours.
    OneOf(Vec<u64>),
}

impl Wanted {
    pub(crate) fn includes(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}

/// Without the header any version will do. Weak tags never match. What is wrong with it is told
/// with what is wrong with the fields.
pub(crate) fn if_match(request: &Request, form: &mut Form) -> Option<Wanted> {
    let Some(value) = request.headers().get(header::IF_MATCH) else {
        return Some(Wanted::Any);
    };
    let wanted = value.to_str().ok().map(str::trim).and_then(read_wanted);
    if wanted.is_none() {
        form.refuse(
            "If-Match",
            "Give the ETag of the task, at most 90 of them, or *.",
        );
    }
    wanted
}

fn read_wanted(text: &str) -> Option<Wanted> {
    if text == "*" {
        return Some(Wanted::Any);
    }
    let tags = tags(text).filter(|tags| tags.len() <= MOST_TAGS)?;
    let strong = tags.iter().filter(|tag| !tag.is_weak);
    Some(Wanted::OneOf(
        strong.filter_map(|tag| version(tag.opaque)).collect(),
    ))
}

/// Compared weakly. What cannot be read matches nothing, as the header asks for no more than speed.
pub(crate) fn is_known(request: &Request, current: u64) -> bool {
    let value = request.headers().get(header::IF_NONE_MATCH);
    match value.and_then(|value| value.to_str().ok()).map(str::trim) {
        None => false,
        Some("*") => true,
        Some(list) => tags(list)
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

/// Only as we write it: no sign, no leading zero.
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
    fn lists_of_tags_are_read_whole_or_not_at_all() {
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
    fn no_more_versions_are_wanted_than_the_store_can_be_asked_for() {
        let list = |count: usize| vec!["\"1\""; count].join(",");
        assert_eq!(read_wanted(&list(90)), Some(Wanted::OneOf(vec![1; 90])));
        assert_eq!(read_wanted(&list(91)), None);
        assert_eq!(read_wanted("*"), Some(Wanted::Any));
        assert_eq!(read_wanted("W/\"1\", \"x\""), Some(Wanted::OneOf(vec![])));
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
        fn an_etag_of_ours_wants_its_version_and_no_other(version in any::<u64>(), other in any::<u64>()) {
            let wanted = read_wanted(&of(version)).unwrap();
            prop_assert!(wanted.includes(version));
            prop_assert_eq!(wanted.includes(other), other == version);
            let weak = read_wanted(&format!("W/{}", of(version))).unwrap();
            prop_assert!(!weak.includes(version));
        }

        #[test]
        fn a_list_is_read_as_it_was_written(
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
