//! One thing that a user takes along.

use shared::{account::Account, audit::Entry, store::SessionRecord};

use super::task::TaskFields;

/// In no form yet: a dialect decides which of the fields are shown, and how.
#[derive(Debug)]
pub enum ExportItem<'a> {
    Account(&'a Account),
    Session(SessionRecord),
    Log(Entry),
    Task(TaskFields),
}
