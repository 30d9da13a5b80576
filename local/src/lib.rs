//! Latchkey on the developer's own machine: the gateway, the functions and `DynamoDB` in one
//! process. Never deployed. The command is in `main.rs`; tests build the same parts by hand,
//! as many instances at once as they like.

pub mod answer;
pub mod app;
pub mod arguments;
pub mod data;
pub mod database;
pub mod event;
pub mod functions;
pub mod gateway;
pub mod listen;
pub mod routes;
pub mod secret;
pub mod start_error;
pub mod template;
pub mod yaml;
