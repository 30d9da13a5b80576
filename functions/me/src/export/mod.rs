//! Everything of a user: the account, its live sessions, its log and its tasks. Secrets, links, mails and
//! what has ended or expired are no part of it.

mod item;
mod position;
mod read_page;
mod task;

pub use item::ExportItem;
pub use position::Position;
pub use read_page::read_page;
pub use task::TaskFields;
