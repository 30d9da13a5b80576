//! `/api/auth`, call by call.

mod activity;
mod callback;
mod deletion;
mod devices;
mod forgot;
mod limits;
mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod reset;
mod signup;
mod successors;
mod suspension;
mod token_forms;
mod tokens;
mod unverified;
