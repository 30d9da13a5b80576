//! `/api/{user_id}/tasks`, call by call.

mod change;
mod checks;
mod create;
mod cursors;
mod dates;
mod deletion;
mod fields;
mod idempotency;
mod if_match;
mod interruptions;
mod list;
mod ownership;
mod paging;
mod quota;
mod races;
mod read;
mod round_trips;
mod search_work;
mod unicode;
