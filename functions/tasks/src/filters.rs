//! The filters of a list.

use crate::{
    due_date::{DueDate, Instant},
    search::{SearchText, SearchWork},
    task::{Priority, Task},
};

#[derive(Debug, Default)]
pub(crate) struct Filters {
    pub(crate) completed: Option<bool>,
    pub(crate) priority: Option<Priority>,
    pub(crate) tag: Option<String>,
    pub(crate) due_before: Option<Instant>,
    pub(crate) due_after: Option<Instant>,
    pub(crate) text: Option<SearchText>,
}

impl Filters {
    pub(crate) fn is_empty(&self) -> bool {
        self.completed.is_none()
            && self.priority.is_none()
            && self.tag.is_none()
            && !self.filter_by_due_date()
            && self.text.is_none()
    }

    /// A task without a due date is neither before nor after any.
    pub(crate) fn filter_by_due_date(&self) -> bool {
        self.due_before.is_some() || self.due_after.is_some()
    }

    /// The text comes last: it costs more than all others.
    pub(crate) fn matches(&self, task: &Task, work: &mut SearchWork) -> bool {
        self.completed
            .is_none_or(|completed| task.completed == completed)
            && self
                .priority
                .is_none_or(|priority| task.priority == priority)
            && self.tag.as_ref().is_none_or(|tag| task.tags.contains(tag))
            && self.matches_due_date(task)
            && self.text.as_ref().is_none_or(|text| text.is_in(task, work))
    }

    fn matches_due_date(&self, task: &Task) -> bool {
        if !self.filter_by_due_date() {
            return true;
        }
        let due = task
            .due_date
            .as_deref()
            .and_then(|given| DueDate::parse(given).ok());
        due.is_some_and(|due| {
            self.due_before.is_none_or(|bound| due.instant() < bound)
                && self.due_after.is_none_or(|bound| due.instant() >= bound)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn task(title: &str, description: Option<&str>, due_date: Option<&str>) -> Task {
        let now = Timestamp::from_millis(0);
        Task {
            id: Uuid::nil(),
            user_id: Uuid::nil(),
            title: title.to_owned(),
            description: description.map(str::to_owned),
            completed: false,
            priority: Priority::Low,
            due_date: due_date.map(str::to_owned),
            tags: vec!["a".to_owned(), "b c".to_owned()],
            created_at: now,
            updated_at: now,
            completed_at: None,
            version: 1,
        }
    }

    fn matches(filters: &Filters, task: &Task) -> bool {
        filters.matches(task, &mut SearchWork::default())
    }

    fn searching(text: &str) -> Filters {
        Filters {
            text: Some(SearchText::parse(text).unwrap()),
            ..Filters::default()
        }
    }

    fn instant(day: &str) -> Instant {
        DueDate::parse(day).unwrap().instant()
    }

    proptest! {
        #[test]
        fn every_part_of_title_and_description_is_found_in_any_case(
            before in "[a-zA-Z ß中🦊]{0,8}",
            part in "[a-zà-öα-ρа-я0-9 ß.中🦊]{1,8}",
            after in "[a-zA-Z ß中🦊]{0,8}",
        ) {
            let whole = format!("{before}{part}{after}");
            for sought in [part.to_uppercase(), part.to_lowercase(), part.clone()] {
                for found in [task(&whole, None, None), task("-", Some(&whole), None)] {
                    prop_assert!(matches(&searching(&sought), &found), "{} in {}", sought, whole);
                }
                let absent = searching(&(sought + "_"));
                prop_assert!(!matches(&absent, &task(&whole, None, None)));
            }
        }

        #[test]
        fn a_bound_parts_the_tasks_that_have_a_due_date(
            due in proptest::option::of("2026-(01|12)-(01|15|31)"),
            bound in "2026-(01|12)-(01|15|31)",
        ) {
            let task = task("t", None, due.as_deref());
            let before = Filters { due_before: Some(instant(&bound)), ..Filters::default() };
            let after = Filters { due_after: Some(instant(&bound)), ..Filters::default() };
            let [before, after] = [before, after].map(|filters| matches(&filters, &task));
            match &due {
                None => prop_assert!(!before && !after),
                Some(due) => prop_assert_eq!((before, after), (*due < bound, *due >= bound)),
            }
        }

        #[test]
        fn another_filter_lets_no_more_through(
            completed in proptest::option::of(any::<bool>()),
            tag in proptest::option::of("a|b c|b|c"),
            is_high in any::<bool>(),
        ) {
            let task = task("t", None, Some("2026-01-01"));
            let few = Filters { completed, ..Filters::default() };
            let more = Filters { completed, tag: tag.clone(), ..Filters::default() };
            let most = Filters {
                completed,
                tag: tag.clone(),
                priority: is_high.then_some(Priority::High),
                ..Filters::default()
            };
            let [few, more, most] = [few, more, most].map(|filters| matches(&filters, &task));
            prop_assert!(most <= more && more <= few);
            prop_assert_eq!(few, completed != Some(true));
            let has_tag = tag.is_none_or(|tag| tag == "a" || tag == "b c");
            prop_assert_eq!(most, few && has_tag && !is_high);
        }
    }
}
