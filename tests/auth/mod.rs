//! `/api/auth`, call by call.

mod activity;
mod callback;
mod deletion;
mod devices;
mod limits;
mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod signup;
mod successors;
mod suspension;
mod sweeping;
mod token_forms;
mod tokens;
