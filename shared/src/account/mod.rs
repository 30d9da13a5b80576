//! Rules of an account, without I/O.

mod callback;
mod common_passwords;
mod email;
mod email_domain;
mod hashing;
mod hidden_characters;
mod name;
mod password;
mod password_rules;
mod password_runs;
mod personal_words;
mod record;
mod username;

pub use callback::CallbackUrl;
pub use email::Email;
pub use hashing::{Hasher, Verdict};
pub(crate) use hidden_characters::is_hidden;
pub use name::PersonName;
pub use password::Password;
pub use password_rules::{PersonalWords, check as check_password};
pub use record::{Account, Standing as AccountStanding};
pub use username::Username;
