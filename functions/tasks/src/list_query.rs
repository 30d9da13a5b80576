//! The filters and the order of a list.

use crate::filters::Filters;

#[derive(Debug)]
pub(crate) struct ListQuery {
    pub(crate) filters: Filters,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Created {
        newest_first: bool,
    },
    /// Tasks without a due date come last in both directions.
    Due {
        latest_first: bool,
    },
}

impl ListQuery {
    /// A cursor is bound to this and to the owner.
    pub(crate) fn name(&self) -> String {
        format!("{:?} {:?}", self.order, self.filters)
    }
}
