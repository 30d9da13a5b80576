//! Which tasks a list shows.

use shared::caseless_form;

use crate::{
    due_date::{DueDate, Instant},
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

/// In the form that regards no case.
#[derive(Debug)]
pub(crate) struct SearchText(String);

impl SearchText {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.chars().nth(200).is_some() {
            return Err("Give 1 to 200 characters to search for.");
        }
        Ok(Self(caseless_form(text)))
    }
}

impl Filters {
    pub(crate) fn are_none(&self) -> bool {
        self.completed.is_none()
            && self.priority.is_none()
            && self.tag.is_none()
            && !self.ask_for_due_dates()
            && self.text.is_none()
    }

    /// A task without a due date is neither before nor after any.
    pub(crate) fn ask_for_due_dates(&self) -> bool {
        self.due_before.is_some() || self.due_after.is_some()
    }

    pub(crate) fn let_through(&self, task: &Task) -> bool {
        self.completed
            .is_none_or(|completed| task.completed == completed)
            && self
                .priority
                .is_none_or(|priority| task.priority == priority)
            && self.tag.as_ref().is_none_or(|tag| task.tags.contains(tag))
            && self.let_through_due_date(task)
            && self.text.as_ref().is_none_or(|text| is_in(text, task))
    }

    fn let_through_due_date(&self, task: &Task) -> bool {
        if !self.ask_for_due_dates() {
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

fn is_in(text: &SearchText, task: &Task) -> bool {
    std::iter::once(&task.title)
        .chain(&task.description)
        .any(|hay| caseless_form(hay).contains(&text.0))
}
