//! The text search of a list, and the work that it may cause in one call.

use shared::caseless_form;

use crate::task::Task;

/// A character may fold into 18, so 4,000 of them keep a CPU busy for 6 ms. Ten such descriptions
/// spend the budget; thousands of ordinary tasks do not.
const MOST_WORK: usize = 1_500_000;
/// Plain text is folded and searched so many times as fast as any other.
const PLAIN_DISCOUNT: usize = 16;

/// In caseless form.
#[derive(Debug)]
pub(crate) struct SearchText(String);

impl SearchText {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.chars().nth(200).is_some() {
            return Err("Give 1 to 200 characters to search for.");
        }
        Ok(Self(caseless_form(text)))
    }

    pub(crate) fn is_in(&self, task: &Task, work: &mut SearchWork) -> bool {
        std::iter::once(&task.title)
            .chain(&task.description)
            .any(|hay| work.fold(hay).contains(&self.0))
    }
}

/// Counts the bytes that go into folding and come out of it.
#[derive(Debug, Default)]
pub(crate) struct SearchWork(usize);

impl SearchWork {
    fn fold(&mut self, text: &str) -> String {
        let form = caseless_form(text);
        let bytes = text.len() + form.len();
        self.0 += if text.is_ascii() {
            bytes / PLAIN_DISCOUNT
        } else {
            bytes
        };
        form
    }

    /// The next task belongs to another page.
    pub(crate) fn is_enough(&self) -> bool {
        self.0 >= MOST_WORK
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many descriptions are folded before the work is enough, at most 10,000.
    fn folded(description: &str) -> usize {
        let mut work = SearchWork::default();
        (0..10_000)
            .take_while(|_| {
                let goes_on = !work.is_enough();
                work.fold(description);
                goes_on
            })
            .count()
    }

    #[test]
    fn the_work_counts_what_characters_fold_into() {
        assert_eq!(folded(&"\u{FDFA}".repeat(4_000)), 11);
        assert!((80..500).contains(&folded(&"Ж".repeat(4_000))));
        assert!(folded(&"a".repeat(4_000)) > 2_000);
        assert_eq!(folded("für Müller am Montag"), 10_000);
    }

    #[test]
    fn no_task_spends_more_than_a_ninth_of_the_budget() {
        let most = ('\0'..=char::MAX)
            .map(|c| {
                let mut work = SearchWork::default();
                work.fold(&c.to_string());
                work.0
            })
            .max();
        assert!(most.unwrap() * 4_200 < MOST_WORK / 9);
    }

    proptest! {
        #[test]
        fn a_text_of_1_to_200_characters_can_be_sought(text in "\\PC{0,9}|[a🦊]{198,202}") {
            let length = text.chars().count();
            prop_assert_eq!(SearchText::parse(&text).is_ok(), (1..=200).contains(&length));
        }
    }
}
