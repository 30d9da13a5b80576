//! Reads tasks in order until the page is full, the list ends, or enough has been read.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::{OptionFuture, join};
use serde::{Deserialize, Serialize};
use shared::{
    Error,
    store::{self, Item, Store, keys},
};
use uuid::Uuid;

use crate::{
    list_query::{ListQuery, Order},
    repository::{self, DUE_INDEX, DUE_KEY},
    search::SearchWork,
    task::Task,
};

/// Filters apply after reading, so one page reads at most so many tasks.
const MAX_READ: usize = 500;
/// Tasks in one request, where a filter may drop most of them.
const FILTERED_BATCH: usize = 250;

pub(crate) struct TaskPage {
    pub(crate) tasks: Vec<Task>,
    /// The position behind this page, unless it is the last one.
    pub(crate) next: Option<Position>,
}

/// The position behind a task. The task itself may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    range: usize,
    id: Uuid,
    due_key: Option<String>,
}

impl Position {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| Error::InvalidCursor)
    }

    pub(crate) fn to_text(&self) -> String {
        // Serializing strings and a number cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A range of the table or of the index: the sort keys with one prefix.
#[derive(Clone, Copy)]
struct Range {
    index: Option<&'static str>,
    sort_key: &'static str,
    prefix: &'static str,
    backwards: bool,
}

impl Range {
    /// None in the table itself: DynamoDB refuses a start key with one attribute too many.
    fn due_key(&self, item: &Item) -> Option<String> {
        self.index?;
        item.get(DUE_KEY)?.as_s().ok().cloned()
    }
}

fn ranges(query: &ListQuery) -> Vec<Range> {
    let by_due = |prefix, backwards| Range {
        index: Some(DUE_INDEX),
        sort_key: DUE_KEY,
        prefix,
        backwards,
    };
    match query.order {
        Order::Created { newest_first } => vec![Range {
            index: None,
            sort_key: "sk",
            prefix: keys::TASK_PREFIX,
            backwards: newest_first,
        }],
        Order::Due { latest_first } if query.filters.filter_by_due_date() => {
            vec![by_due(keys::DUE_PREFIX, latest_first)]
        }
        Order::Due { latest_first } => vec![
            by_due(keys::DUE_PREFIX, latest_first),
            by_due(keys::NO_DUE_PREFIX, latest_first),
        ],
    }
}

pub(crate) async fn read(
    store: &Store,
    user_id: Uuid,
    query: &ListQuery,
    from: Option<Position>,
) -> Result<TaskPage, Error> {
    let ranges = ranges(query);
    let mut at = from.as_ref().map_or(0, |position| position.range);
    let mut start = from.map(|position| start_key(user_id, &position));
    let mut tasks: Vec<Task> = Vec::with_capacity(query.limit);
    let mut last_read: Option<Position> = None;
    let mut count = 0;
    let mut work = SearchWork::default();
    // The start of the next range, read at the same time: a list takes one round trip.
    let mut ahead: Option<Batch> = None;
    let size = if query.filters.is_empty() {
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
            if work.is_enough() {
                return Ok(TaskPage {
                    tasks,
                    next: last_read,
                });
            }
            let due_key = range.due_key(&item);
            let task = repository::read(item)?;
            let position = Position {
                range: at,
                id: task.id,
                due_key,
            };
            count += 1;
            let is_full = tasks.len() == query.limit;
            match (query.filters.matches(&task, &mut work), is_full) {
                // One task more than the page holds: the list goes on.
                (true, true) => {
                    return Ok(TaskPage {
                        tasks,
                        next: last_read,
                    });
                }
                (true, false) => tasks.push(task),
                (false, true) => continue,
                (false, false) => {}
            }
            last_read = Some(position);
        }
        start = batch.next;
        if start.is_none() {
            at += 1;
        } else {
            // The current range goes on, so what was read ahead is not next.
            ahead = None;
            if count >= MAX_READ || work.is_enough() {
                return Ok(TaskPage {
                    tasks,
                    next: last_read,
                });
            }
        }
    }
    Ok(TaskPage { tasks, next: None })
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
        .expression_attribute_values(":user", keys::tasks_partition(user_id))
        .expression_attribute_values(":start", AttributeValue::S(range.prefix.to_owned()))
        .scan_index_forward(!range.backwards)
        .set_exclusive_start_key(start)
        .limit(i32::try_from(size).unwrap_or(i32::MAX))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| store::from_sdk(&error))?;
    Ok(Batch {
        items: found.items.unwrap_or_default(),
        next: found.last_evaluated_key,
    })
}

fn start_key(user_id: Uuid, position: &Position) -> Item {
    let mut key = keys::task(user_id, position.id);
    if let Some(due_key) = &position.due_key {
        key.insert(DUE_KEY.to_owned(), keys::text(due_key.as_str()));
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_position_survives_a_round_trip(
            range in any::<usize>(),
            id in any::<u128>(),
            due_key in proptest::option::of(any::<String>()),
        ) {
            let position = Position { range, id: Uuid::from_u128(id), due_key };
            prop_assert_eq!(Position::parse(&position.to_text()).unwrap(), position);
        }

        #[test]
        fn any_other_text_is_an_invalid_cursor(text in any::<String>()) {
            prop_assert!(matches!(Position::parse(&text), Err(Error::InvalidCursor)));
        }
    }
}
