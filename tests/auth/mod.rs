//! `/api/auth`, call by call.

mod activity;
mod callback;
mod deletion;
mod devices;
mod email_change;
mod email_change_races;
mod email_links;
mod export;
mod forgot;
mod limits;
mod login;
mod logout;
mod me;
mod operator_acts;
mod password;
mod refresh;
mod reset;
mod sessions;
mod signup;
mod successors;
mod sweeping;
mod token_forms;
mod tokens;
mod unverified;
mod verify;
