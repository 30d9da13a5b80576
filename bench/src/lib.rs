//! What measurements have in common. Development only.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a measurement that cannot be made has nothing to say"
)]

mod service;
mod statistics;

pub use service::Service;
pub use statistics::median;
