//! The rules of an account. Nothing here does I/O.

mod callback;
mod email;
mod email_domain;
mod hidden_characters;
mod identifier;
mod name;
mod password;
mod record;
mod username;

pub use callback::CallbackUrl;
pub use email::Email;
pub use hidden_characters::is_hidden;
pub use identifier::Identifier;
pub use name::PersonName;
pub use password::{Comparison, Hasher, Password, PersonalWords, check_password};
pub use record::{Account, AccountState};
pub use username::Username;
