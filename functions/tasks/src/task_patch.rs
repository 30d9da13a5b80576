//! The changes of a call to a task's writable fields.

use shared::Patch;

use crate::{due_date::DueDate, task::Priority};

#[derive(Debug)]
pub(crate) struct TaskPatch {
    pub(crate) title: Patch<String>,
    pub(crate) description: Patch<String>,
    pub(crate) completed: Patch<bool>,
    pub(crate) priority: Patch<Priority>,
    pub(crate) due_date: Patch<DueDate>,
    pub(crate) tags: Patch<Vec<String>>,
}

impl TaskPatch {
    pub(crate) fn is_empty(&self) -> bool {
        self.title == Patch::Keep
            && self.description == Patch::Keep
            && self.completed == Patch::Keep
            && self.priority == Patch::Keep
            && self.due_date == Patch::Keep
            && self.tags == Patch::Keep
    }
}
