//! The DynamoDB table. Each act on it is one named method, in most cases one request with its
//! condition.

mod account_item;
mod accounts;
mod audit_log;
mod batch;
mod claims;
mod client_config;
mod connection;
mod counters;
mod deletion;
mod deserialize;
mod error;
mod get;
mod hidden_signup;
mod items_in_order;
pub mod keys;
mod links;
mod mails;
mod new_password;
mod operator_acts;
mod retry;
mod session_records;
mod sessions;
mod table;
mod transaction;
mod write;

pub use accounts::Profile;
pub use audit_log::{AuditPage, read_log_entry};
pub use connection::Connection;
pub use counters::{Attempt, CountedFailures, FailuresOf};
pub use deletion::Beginning;
pub use deserialize::deserialize;
pub use error::from_sdk;
pub use items_in_order::ItemsInOrder;
pub use keys::Item;
pub use links::{LinkState, RenewedLink};
pub use mails::{MailKey, MailState};
pub use session_records::SessionRecord;
pub use sessions::SessionState;
pub use table::Store;
pub use write::{Write, account_is_not_being_deleted};
