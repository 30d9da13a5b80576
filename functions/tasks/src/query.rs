//! The parameters of a list.

use shared::{
    Error,
    http::{Request, cursor, page_size},
};

use crate::{
    due_date::DueDate,
    fields,
    filters::{Filters, SearchText},
    page::Order,
};

#[derive(Debug)]
pub(crate) struct ListQuery {
    pub(crate) filters: Filters,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<String>,
}

impl ListQuery {
    /// What a cursor is bound to besides its owner.
    pub(crate) fn name(&self) -> String {
        format!("{:?} {:?}", self.order, self.filters)
    }

    pub(crate) fn read(request: &Request) -> Result<Self, Error> {
        let mut form = request.query_form();
        let order = form
            .optional("sort", order)
            .unwrap_or(Order::Created { newest_first: true });
        let limit = page_size(&mut form);
        let cursor = cursor(&mut form);
        let instant = |text: &str| DueDate::parse(text).map(|due| due.instant());
        let filters = Filters {
            completed: form.optional("completed", flag),
            priority: form.optional("priority", fields::priority),
            tag: form.optional("tag", fields::tag),
            due_before: form.optional("due_before", instant),
            due_after: form.optional("due_after", instant),
            text: form.optional("q", SearchText::parse),
        };
        form.finish(Some(Self {
            filters,
            order,
            limit,
            cursor,
        }))
    }
}

fn order(text: &str) -> Result<Order, &'static str> {
    match text {
        "created_at" => Ok(Order::Created {
            newest_first: false,
        }),
        "-created_at" => Ok(Order::Created { newest_first: true }),
        "due_date" => Ok(Order::Due {
            latest_first: false,
        }),
        "-due_date" => Ok(Order::Due { latest_first: true }),
        _ => Err("Give one of created_at, -created_at, due_date and -due_date."),
    }
}

fn flag(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("Give true or false."),
    }
}
