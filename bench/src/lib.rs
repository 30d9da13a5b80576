//! The parts that all measurements share. Development only.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a step that fails must end the measurement, times must not come from a clock that can be set, and only \
        this package's binaries see what is here"
)]

pub mod arguments;
pub mod calls;
pub mod case;
pub mod certificate;
pub mod environment;
pub mod equal_times;
pub mod function;
pub mod item_template;
mod process;
mod runtime_api;
pub mod service;
pub mod statistics;
pub mod store_proxy;
pub mod table;
pub mod valgrind;
