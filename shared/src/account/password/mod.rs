//! Passwords: what may be given, what may be chosen, and how they are hashed.

mod better_auth_hash;
mod guesses;
mod hashing;
mod look_alikes;
mod patterns;
mod personal_words;
mod plaintext;
mod runs;
mod strength;
mod words;

pub use hashing::{Comparison, Hasher};
pub use personal_words::PersonalWords;
pub use plaintext::Password;
pub use strength::check as check_password;
