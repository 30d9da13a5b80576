//! The local server: API Gateway, the functions and `DynamoDB` in one process. Never deployed.
//! `main.rs` is the command `cargo dev`. Tests start the same parts, in several instances at once.

pub mod app;
pub mod arguments;
pub mod data;
pub mod database;
pub mod event;
pub mod functions;
pub mod gateway;
pub mod listen;
pub mod mailbox;
pub mod response;
pub mod routes;
pub mod secret;
pub mod start_error;
pub mod stream;
pub mod template;
pub mod yaml;
