//! The product from outside: HTTP in, HTTP out, through the real handlers, on the embedded DynamoDB.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "it is a test"
)]

mod activity;
mod callback;
mod deletion;
mod deployment;
mod documentation;
mod events;
mod faults;
mod harness;
mod headers;
mod hostile;
mod interruptions;
mod limits;
mod login;
mod logout;
mod me;
mod methods;
mod origins;
mod password;
mod refresh;
mod rights;
mod round_trips;
mod signup;
mod tasks;
mod token_forms;
mod tokens;
mod watching;
