//! Is a password among those that everybody tries first?

use std::cmp::Ordering;

/// One a line, sorted by bytes, each as [`crate::caseless_form`] has it. Text as it is, and no table of
/// it: a start has nothing to prepare, and a search touches a few pages.
const LIST: &[u8] = include_bytes!("common_passwords.txt");

pub(super) fn is_common(caseless: &str) -> bool {
    let mut lines = LIST;
    while !lines.is_empty() {
        let (before, line, after) = halves(lines);
        match caseless.as_bytes().cmp(line) {
            Ordering::Equal => return true,
            Ordering::Less => lines = before,
            Ordering::Greater => lines = after,
        }
    }
    false
}

/// The line in the middle, with those before and after it.
fn halves(lines: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (first, second) = lines.split_at(lines.len() / 2);
    let is_end = |byte: &u8| *byte == b'\n';
    let begin = first.iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = second.iter().position(is_end);
    let end = end.map_or(lines.len(), |end| first.len() + end);
    let after = lines.get(end + 1..).unwrap_or_default();
    (&lines[..begin], &lines[begin..end], after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caseless_form;

    fn lines() -> Vec<&'static str> {
        std::str::from_utf8(LIST)
            .unwrap()
            .split_terminator('\n')
            .collect()
    }

    #[test]
    fn every_line_is_found_and_nothing_beside_it() {
        for line in lines() {
            assert!(is_common(line), "{line}");
            for other in [
                format!("{line}\u{1}"),
                format!("{line}\n"),
                format!("\u{1}{line}"),
            ] {
                assert!(!is_common(&other), "{other:?}");
            }
        }
        assert!(!is_common("") && !is_common("\n"));
    }

    #[test]
    fn the_list_is_as_the_search_wants_it() {
        let lines = lines();
        assert_eq!(lines.len(), 46_483);
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        for line in lines {
            assert_eq!(caseless_form(line), line);
            // A shorter one is refused for its length, whatever the settings say.
            assert!(line.chars().count() >= 8, "{line}");
        }
    }

    #[test]
    fn an_entry_of_the_list_is_found_in_any_case() {
        for typed in ["password", "PASSWORD", "pAssWord", "iLoveYou", "ВКОНТАКТЕ"] {
            assert!(is_common(&caseless_form(typed)), "{typed}");
        }
        assert!(!is_common("correct horse battery staple"));
        assert!(!is_common("latchkey-9"));
    }
}
