//! What more than one endpoint of Latchkey needs. Arrows run one way:
//! `http → session → store → account`; the files beside this one are known to all of them.

pub mod account;
pub mod activity;
mod app;
mod caseless_form;
mod clock;
mod cursor;
mod entropy;
mod error;
mod error_code;
mod hex;
pub mod http;
pub mod limit;
mod pseudonym;
pub mod session;
mod settings;
pub mod store;
mod strict_json;
mod weakness;

pub use app::App;
pub use caseless_form::caseless_form;
pub use clock::{Clock, Timestamp};
pub use cursor::CursorSeal;
pub use entropy::Entropy;
pub use error::{Error, FieldErrors, TokenFault};
pub use error_code::ErrorCode;
pub use hex::hex;
pub use pseudonym::Pseudonyms;
pub use settings::{CookieNaming, Limits, SameSite, Settings, SettingsError};
pub use weakness::Weakness;
