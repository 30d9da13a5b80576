//! What measurements have in common. Development only.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement that cannot be made has nothing to say"
)]

mod builds;
mod certificate;
mod environment;
mod events;
mod function;
mod instructions;
mod pattern;
mod process;
mod repeater;
mod runtime_api;
mod service;
mod statistics;
mod store_door;
mod units;

pub use builds::Builds;
pub use certificate::Certificate;
pub use environment::Environment;
pub use events::{Call, new_email, sign_up_event};
pub use function::{Answer, Function, Start};
pub use instructions::Instructions;
pub use pattern::Pattern;
pub use repeater::Repeater;
pub use runtime_api::now;
pub use service::{PASSWORD, Person, Service};
pub use statistics::{median, p99};
pub use store_door::StoreDoor;
pub use units::{mib, micros, millis};
