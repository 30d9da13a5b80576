//! Reads tasks in order until a page is full, the list is at its end, or enough has been read.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{OptionFuture, join};
use serde::{Deserialize, Serialize};
use shared::{
    Error,
    store::{self, Item, Store},
};
use uuid::Uuid;

use crate::{
    item::{self, BY_DUE, DUE_KEY},
    query::ListQuery,
    task::Task,
};

/// Filters are applied after reading: so much is read for one page at most.
const MOST_READ: usize = 500;
/// So much at a time, where a filter may let little of it through.
const FILTERED_BATCH: usize = 250;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Created {
        newest_first: bool,
    },
    /// Tasks without a due date come last, either way.
    Due {
        latest_first: bool,
    },
}

pub(crate) struct Found {
    pub(crate) tasks: Vec<Task>,
    /// Where the next page begins, unless this was the last one.
    pub(crate) next: Option<Place>,
}

/// Behind a task, which need not be there any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    range: usize,
    id: Uuid,
    due_key: Option<String>,
}

impl Place {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| Error::InvalidCursor)
    }

    pub(crate) fn to_text(&self) -> String {
        // Strings and a number cannot fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A stretch of the table or of the index whose sort keys begin alike.
#[derive(Clone, Copy)]
struct Range {
    index: Option<&'static str>,
    sort_key: &'static str,
    begins_with: &'static str,
    backwards: bool,
}

impl Range {
    /// The table's own order knows no due key, and the service refuses one too many.
    fn due_key(&self, item: &Item) -> Option<String> {
        self.index?;
        item.get(DUE_KEY)?.as_s().ok().cloned()
    }
}

fn ranges(query: &ListQuery) -> Vec<Range> {
    let by_due = |begins_with, backwards| Range {
        index: Some(BY_DUE),
        sort_key: DUE_KEY,
        begins_with,
        backwards,
    };
    match query.order {
        Order::Created { newest_first } => vec![Range {
            index: None,
            sort_key: "sk",
            begins_with: "TASK#",
            backwards: newest_first,
        }],
        Order::Due { latest_first } if query.filters.ask_for_due_dates() => {
            vec![by_due("D#", latest_first)]
        }
        Order::Due { latest_first } => vec![by_due("D#", latest_first), by_due("N#", latest_first)],
    }
}

pub(crate) async fn read(
    store: &Store,
    user_id: Uuid,
    query: &ListQuery,
    from: Option<Place>,
) -> Result<Found, Error> {
    let ranges = ranges(query);
    let mut at = from.as_ref().map_or(0, |place| place.range);
    let mut start = from.map(|place| start_key(user_id, &place));
    let mut tasks: Vec<Task> = Vec::with_capacity(query.limit);
    let mut last_read: Option<Place> = None;
    let mut count = 0;
    // The beginning of the range after this one, read beside it: a list is one round trip deep.
    let mut ahead: Option<Batch> = None;
    let size = if query.filters.are_none() {
        query.limit + 1
    } else {
        FILTERED_BATCH
    };

    while let Some(range) = ranges.get(at) {
        let batch = if let Some(batch) = ahead.take() {
            batch
        } else {
            let next = ranges.get(at + 1).filter(|_| count == 0);
            let next = next.map(|next| read_batch(store, user_id, next, None, size));
            let now = read_batch(store, user_id, range, start.take(), size);
            let (now, next) = join(now, OptionFuture::from(next)).await;
            ahead = next.transpose()?;
            now?
        };
        for item in batch.items {
            let due_key = range.due_key(&item);
            let task = item::read(item)?;
            let place = Place {
                range: at,
                id: task.id,
                due_key,
            };
            count += 1;
            let is_full = tasks.len() == query.limit;
            match (query.filters.let_through(&task), is_full) {
                // One more than the page holds: the list goes on.
                (true, true) => {
                    return Ok(Found {
                        tasks,
                        next: last_read,
                    });
                }
                (true, false) => tasks.push(task),
                (false, true) => continue,
                (false, false) => {}
            }
            last_read = Some(place);
        }
        start = batch.next;
        if start.is_none() {
            at += 1;
        } else {
            // What was read ahead is not next after all.
            ahead = None;
            if count >= MOST_READ {
                return Ok(Found {
                    tasks,
                    next: last_read,
                });
            }
        }
    }
    Ok(Found { tasks, next: None })
}

struct Batch {
    items: Vec<Item>,
    next: Option<Item>,
}

async fn read_batch(
    store: &Store,
    user_id: Uuid,
    range: &Range,
    start: Option<Item>,
    size: usize,
) -> Result<Batch, Error> {
    let found = store
        .client()
        .query()
        .table_name(store.table())
        .set_index_name(range.index.map(str::to_owned))
        .key_condition_expression("pk = :user AND begins_with(#sort, :start)")
        .expression_attribute_names("#sort", range.sort_key)
        .expression_attribute_values(":user", store::partition(user_id))
        .expression_attribute_values(":start", AttributeValue::S(range.begins_with.to_owned()))
        .scan_index_forward(!range.backwards)
        .set_exclusive_start_key(start)
        .limit(i32::try_from(size).unwrap_or(i32::MAX))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| store::meaning(&error))?;
    Ok(Batch {
        items: found.items.unwrap_or_default(),
        next: found.last_evaluated_key,
    })
}

fn start_key(user_id: Uuid, place: &Place) -> Item {
    let mut key = item::key(user_id, place.id);
    if let Some(due_key) = &place.due_key {
        key.insert(DUE_KEY.to_owned(), store::text(due_key.as_str()));
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_is_read_back_as_it_was_written(
            range in any::<usize>(),
            id in any::<u128>(),
            due_key in proptest::option::of(any::<String>()),
        ) {
            let place = Place { range, id: Uuid::from_u128(id), due_key };
            prop_assert_eq!(Place::parse(&place.to_text()).unwrap(), place);
        }

        #[test]
        fn what_is_no_place_is_a_bad_cursor(text in any::<String>()) {
            prop_assert!(matches!(Place::parse(&text), Err(Error::InvalidCursor)));
        }
    }
}
