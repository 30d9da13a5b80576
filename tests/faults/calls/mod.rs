//! Every call that reaches the store, with its store calls in their order; those that run side by side
//! stand next to one another.

mod accounts;
mod sessions;
mod tasks;

use super::fixture::{Fixture, Ready};
use crate::harness::{Call, Server};

pub struct Case {
    pub name: &'static str,
    pub ready: Ready,
    pub store_calls: &'static [&'static str],
    /// What is counted otherwise once the call has had its effect: a repeat is then answered as one.
    pub done: Option<&'static str>,
    pub make: fn(&Server, &Fixture) -> Call,
    /// Who logs in afterwards does so by this password.
    pub password_afterwards: Option<&'static str>,
}

const READ: &str = "BatchGetItem";
const COUNT: &str = "UpdateItem counter";
const CLAIM: &str = "GetItem e-mail claim";
const ATTEMPT: &str = "UpdateItem failures";
const ACCOUNT: &str = "GetItem account";
const LOG: &str = "PutItem log entry";
const FORGET: &str = "BatchWriteItem failures";
const LOG_AND_FORGET: &str = "BatchWriteItem log entry, failures";
const CHANGE_ACCOUNT: &str = "TransactWriteItems account";
const END_ALL: &str = "TransactWriteItems account, log entry";
const END_ONE: &str = "TransactWriteItems account, ended session, log entry";

fn case(
    name: &'static str,
    ready: Ready,
    store_calls: &'static [&'static str],
    make: fn(&Server, &Fixture) -> Call,
) -> Case {
    Case {
        name,
        ready,
        store_calls,
        done: None,
        make,
        password_afterwards: None,
    }
}

impl Case {
    fn done(mut self, count: &'static str) -> Self {
        self.done = Some(count);
        self
    }

    fn then_log_in_by(mut self, password: &'static str) -> Self {
        self.password_afterwards = Some(password);
        self
    }
}

pub fn all() -> Vec<Case> {
    let mut cases = accounts::all();
    cases.extend(sessions::all());
    cases.extend(tasks::all());
    cases
}
