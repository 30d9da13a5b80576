//! Our own dialect: the error envelope, its statuses and texts, and the JSON of users and sessions.

mod auth_response;
mod delivery;
mod error_response;
mod identifier;
mod listed_session;
mod message;
mod new_password;
mod session_json;
mod status;
mod user_json;

use crate::http::Dialect;

pub use auth_response::AuthResponse;
pub use delivery::Delivery;
pub use identifier::read_identifier;
pub use listed_session::ListedSession;
pub use new_password::NewPasswordField;
pub use session_json::SessionJson;
pub use status::status;
pub use user_json::UserJson;

pub const NATIVE: Dialect = Dialect {
    error_response: error_response::error_response,
};
