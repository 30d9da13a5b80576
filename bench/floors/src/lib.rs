//! Floors: programs that do the least of one kind of work. `bench` states the product's cost as a ratio to theirs.
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::new_without_default,
    clippy::unwrap_used,
    reason = "a floor that fails must end the measurement"
)]

mod function;
mod hash;
mod store;

pub use function::{answer_events, block_on};
pub use hash::BareHash;
pub use store::Store;

/// A variable that `bench` sets.
pub fn env_var(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a floor has no `Settings`")]
    std::env::var(name).unwrap()
}
