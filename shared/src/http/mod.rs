//! HTTP as Latchkey speaks it: reading requests, the wrapper around every handler, the answers.

mod answer;
mod body;
mod confirmation;
mod endpoint;
mod envelope;
mod form;
mod guard;
mod log;
mod origin;
mod paging;
mod request;
mod serve;
mod spanless;
mod success;
mod wrapper;

pub use answer::Answer;
pub use confirmation::confirm_password;
pub use endpoint::{Endpoint, Handler};
pub use form::{Change, Form};
pub use guard::{
    caller_for_change, caller_for_deletion, caller_for_limited_change, caller_for_read,
    item_as_owner, owner_for_change, read_as_caller, read_as_owner,
};
pub use log::{install as install_log, install_to as install_log_to, quiet_panics};
pub use origin::refuse_foreign;
pub use paging::{Page, cursor, page_size};
pub use request::Request;
pub use serve::serve;
pub use success::Success;

/// What an endpoint's file needs to name.
pub use http::Method;
pub use lambda_http::{
    Body, BoxFuture,
    http::{HeaderMap, StatusCode},
};
