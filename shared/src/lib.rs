//! Code that more than one function of Latchkey needs. `docs/architecture.md` shows how the modules
//! depend on each other, and a test checks it.

pub mod account;
mod app;
pub mod audit;
mod caseless_form;
mod clock;
mod context;
mod edge_secret;
mod entropy;
mod error;
mod error_code;
mod hex;
pub mod http;
pub mod limit;
pub mod native;
mod patch;
mod pseudonym;
mod seal;
mod secret;
pub mod session;
mod settings;
pub mod store;
mod strict_json;
pub mod token;
mod token_fault;
mod weakness;

pub use app::App;
pub use caseless_form::caseless_form;
pub use clock::{Clock, Timestamp};
pub use context::Context;
pub use edge_secret::EdgeSecret;
pub use entropy::Entropy;
pub use error::{Error, FieldErrors};
pub use error_code::ErrorCode;
pub use hex::hex;
pub use patch::Patch;
pub use pseudonym::Pseudonyms;
pub use seal::Seal;
pub use secret::SigningSecret;
pub use settings::{CookieNaming, Limits, SameSite, Settings, SettingsError};
pub use token_fault::TokenFault;
pub use weakness::Weakness;
