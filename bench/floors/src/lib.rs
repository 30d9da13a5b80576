//! The least that a function could be, each part by itself: what measurements compare the product with.
#![allow(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a floor that cannot be reached has nothing to say"
)]

mod function;
mod hash;
mod repeat;
mod store;
mod work;

pub use function::{answer_events, run};
pub use hash::BareHash;
pub use repeat::repeat_on_request;
pub use store::Store;
pub use work::Work;

/// What the measurement tells a floor.
#[must_use]
pub fn told(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a floor has no settings")]
    std::env::var(name).unwrap()
}
