//! Reads on from a position, until there is no more room or enough was read.

use shared::{
    Context, Error,
    account::Account,
    store::{self, Item, ItemsInOrder, SessionRecord, Store, keys},
};
use uuid::Uuid;

use super::{
    item::ExportItem,
    position::{Position, Section},
    task::TaskFields,
};

/// A page of small items ends by these, one of large items by its size.
const QUERIES_A_PAGE: usize = 6;
const ITEMS_A_QUERY: i32 = 1_000;

/// Hands the items behind `from` to `take`, which says whether it had room. The item without room is the
/// first one behind the position that this returns. None is the end; a page may have no item and still
/// lead to another one.
///
/// Each section goes by ascending keys, so an item that is there throughout comes exactly once.
pub async fn read_page(
    context: Context<'_>,
    account: &Account,
    from: Option<Position>,
    mut take: impl FnMut(&ExportItem<'_>) -> Result<bool, Error> + Send,
) -> Result<Option<Position>, Error> {
    let store = &context.app.store;
    let mut at = match from {
        Some(position) => position,
        None if take(&ExportItem::Account(account))? => Position::start_of(Section::Sessions),
        None => return Err(Error::Internal("no room for the first item of an export")),
    };
    for _ in 0..QUERIES_A_PAGE {
        let found = read_on(store, account.id, &at).await?;
        for (id, item) in found.items {
            if let Some(item) = read_item(at.section, item, account, context)?
                && !take(&item)?
            {
                return Ok(Some(at));
            }
            at.after = Some(id);
        }
        if !found.go_on {
            match at.section.next() {
                Some(next) => at = Position::start_of(next),
                None => return Ok(None),
            }
        }
    }
    Ok(Some(at))
}

async fn read_on(store: &Store, user_id: Uuid, at: &Position) -> Result<ItemsInOrder, Error> {
    let (partition, prefix) = match at.section {
        Section::Sessions => (keys::user_partition(user_id), keys::SESSION_RECORD_PREFIX),
        Section::Log => (keys::user_partition(user_id), keys::LOG_PREFIX),
        Section::Tasks => (keys::tasks_partition(user_id), keys::TASK_PREFIX),
    };
    store
        .items_in_order(partition, prefix, at.after.as_deref(), ITEMS_A_QUERY)
        .await
}

/// None for a session that has ended and for what has expired.
fn read_item(
    section: Section,
    item: Item,
    account: &Account,
    context: Context<'_>,
) -> Result<Option<ExportItem<'static>>, Error> {
    let now = context.now();
    let max_age = context.app.settings.session_max_age_seconds;
    Ok(match section {
        Section::Sessions => SessionRecord::read(item)?
            .filter(|session| session.is_live(account, max_age, now))
            .map(ExportItem::Session),
        Section::Log => store::read_log_entry(item, now)?.map(ExportItem::Log),
        Section::Tasks => Some(ExportItem::Task(TaskFields::of(item))),
    })
}
