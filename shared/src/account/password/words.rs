//! The passwords, words and names that attackers try first.

use std::cmp::Ordering;

/// One entry a line, sorted by bytes, each in caseless form. A tab marks the frequent ones.
///
/// The search reads the text in place: a table of the entries would need memory and relocations at
/// every start.
const LIST: &[u8] = include_bytes!("words.txt");
const FREQUENT_MARK: u8 = b'\t';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frequency {
    /// Among the first thousands of a frequency list.
    High,
    Low,
}

/// The entries that begin with the characters read so far.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    lines: &'static [u8],
    length: usize,
}

impl Prefix {
    pub(super) const EMPTY: Self = Self {
        lines: LIST,
        length: 0,
    };

    /// Adds one character; `None` if no entry goes on with it.
    pub(super) fn then(self, character: char) -> Option<Self> {
        let mut utf8 = [0; 4];
        let wanted = character.encode_utf8(&mut utf8).as_bytes();
        let end = self.length + wanted.len();
        let compare = |line: &[u8]| {
            let next = line.get(self.length..end.min(line.len()));
            next.unwrap_or_default().cmp(wanted)
        };
        let begin = partition_point(self.lines, |line| compare(line) == Ordering::Less);
        let lines = self.lines.get(begin..).unwrap_or_default();
        let end_of_lines = partition_point(lines, |line| compare(line) == Ordering::Equal);
        let lines = lines.get(..end_of_lines).unwrap_or_default();
        (!lines.is_empty()).then_some(Self { lines, length: end })
    }

    /// How frequent the entry is that ends here, if there is one.
    pub(super) fn entry(self) -> Option<Frequency> {
        // The shortest of the lines that share a prefix is the first.
        match *self.lines.get(self.length..)? {
            [b'\n', ..] => Some(Frequency::Low),
            [FREQUENT_MARK, ..] => Some(Frequency::High),
            _ => None,
        }
    }
}

/// Expects the caseless form.
pub(super) fn is_listed(caseless: &str) -> bool {
    caseless
        .chars()
        .try_fold(Prefix::EMPTY, Prefix::then)
        .is_some_and(|prefix| prefix.entry().is_some())
}

/// The offset of the first line that does not fulfil `is_before`, as `slice::partition_point` has it.
fn partition_point(lines: &[u8], is_before: impl Fn(&[u8]) -> bool) -> usize {
    let is_end = |byte: &u8| *byte == b'\n';
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let begin = lines[low..middle].iter().rposition(is_end);
        let begin = begin.map_or(low, |end| low + end + 1);
        let end = lines[middle..high].iter().position(is_end);
        let end = end.map_or(high, |end| middle + end);
        if is_before(&lines[begin..end]) {
            low = (end + 1).min(high);
        } else {
            high = begin;
        }
    }
    low
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
    fn every_entry_is_found_with_its_frequency_and_nothing_beside_it() {
        for line in lines() {
            let (entry, frequency) = match line.strip_suffix('\t') {
                Some(entry) => (entry, Frequency::High),
                None => (line, Frequency::Low),
            };
            let prefix = entry.chars().try_fold(Prefix::EMPTY, Prefix::then);
            assert_eq!(prefix.unwrap().entry(), Some(frequency), "{entry}");
            for other in [
                format!("{entry}\u{1}"),
                format!("{entry}\n"),
                format!("\u{1}{entry}"),
            ] {
                assert!(!is_listed(&other), "{other:?}");
            }
        }
        assert!(!is_listed("") && !is_listed("\n"));
    }

    #[test]
    fn the_list_is_as_the_search_expects_it() {
        let lines = lines();
        assert_eq!(lines.len(), 129_820);
        assert_eq!(
            lines.iter().filter(|line| line.ends_with('\t')).count(),
            5_476
        );
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
        for line in lines {
            let entry = line.strip_suffix('\t').unwrap_or(line);
            assert_eq!(caseless_form(entry), entry);
            assert!(
                entry.chars().count() >= 3 && !entry.contains('\t'),
                "{entry}"
            );
        }
    }

    #[test]
    fn an_entry_is_found_in_any_case() {
        for typed in [
            "password",
            "PASSWORD",
            "pAssWord",
            "iLoveYou",
            "ВКОНТАКТЕ",
            "lifehack",
            "Translator",
            "Elizabeth",
        ] {
            assert!(is_listed(&caseless_form(typed)), "{typed}");
        }
        assert!(!is_listed("correct horse battery staple"));
        assert!(!is_listed("latchkey-9"));
        assert!(!is_listed("passwor\u{430}"));
    }
}
