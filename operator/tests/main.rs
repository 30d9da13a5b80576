//! The command from outside, on a running `cargo dev` and on a small fake of AWS.
#![cfg(unix)] // Signals and terminals.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it is a test"
)]

mod accounts;
mod ask;
mod aws;
mod deletion;
mod export;
mod harness;
mod help;
mod interruption;
mod names;
mod operations_page;
mod output;
mod places;
