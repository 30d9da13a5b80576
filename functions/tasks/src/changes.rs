//! What a body says of each writable field.

use shared::http::{Change, Form};

use crate::{due_date::DueDate, fields, task::Priority};

#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) title: Change<String>,
    pub(crate) description: Change<String>,
    pub(crate) completed: Change<bool>,
    pub(crate) priority: Change<Priority>,
    pub(crate) due_date: Change<DueDate>,
    pub(crate) tags: Change<Vec<String>>,
}

impl Changes {
    /// Of a merge patch: absent is kept, null goes back to the default.
    pub(crate) fn of_patch(form: &mut Form) -> Self {
        let changes = Self::read(form);
        if changes.title == Change::Clear {
            form.refuse(
                "title",
                "A task has a title; it can be changed and not cleared.",
            );
        }
        changes
    }

    /// Of a whole task: what is absent goes to its default, and a title must be there.
    pub(crate) fn of_whole(form: &mut Form) -> Self {
        let changes = Self::read(form);
        let has_title = matches!(changes.title, Change::Set(_));
        if !has_title && !form.has_refused("title") {
            form.refuse("title", "This field is required.");
        }
        Self {
            title: changes.title,
            description: or_default(changes.description),
            completed: or_default(changes.completed),
            priority: or_default(changes.priority),
            due_date: or_default(changes.due_date),
            tags: or_default(changes.tags),
        }
    }

    fn read(form: &mut Form) -> Self {
        Self {
            title: form.change("title", fields::title),
            description: form.change("description", fields::description),
            completed: form.change_of("completed", fields::completed),
            priority: form.change("priority", fields::priority),
            due_date: form.change("due_date", DueDate::parse),
            tags: form.change_of("tags", fields::tags),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.title == Change::Keep
            && self.description == Change::Keep
            && self.completed == Change::Keep
            && self.priority == Change::Keep
            && self.due_date == Change::Keep
            && self.tags == Change::Keep
    }
}

fn or_default<T>(change: Change<T>) -> Change<T> {
    match change {
        Change::Keep => Change::Clear,
        change => change,
    }
}
