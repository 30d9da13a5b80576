//! Tests of the whole product over HTTP, with the real handlers and the embedded DynamoDB.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod auth;
mod every_call;
mod faults;
mod harness;
mod mail;
mod project;
mod tasks;
