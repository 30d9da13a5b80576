//! One row of the fault matrix.

use crate::{
    faults::fixture::{Fixture, Setup},
    harness::{Call, Server},
};

pub struct Case {
    pub name: &'static str,
    pub setup: Setup,
    pub store_calls: &'static [&'static str],
    /// The count in the state of the table that tells whether the call was done. A repeat of a done call
    /// gets another response.
    pub done: Option<&'static str>,
    pub make: fn(&Server, &Fixture) -> Call,
    /// The password of a login after the call.
    pub password_afterwards: Option<&'static str>,
}

pub const READ: &str = "BatchGetItem";
pub const COUNT: &str = "UpdateItem counter";
pub const CLAIM: &str = "GetItem e-mail claim";
pub const ATTEMPT: &str = "UpdateItem failures";
pub const ACCOUNT: &str = "GetItem account";
pub const LOG: &str = "PutItem log entry";
pub const CLEAR_FAILURES: &str = "BatchWriteItem failures";
pub const LOG_IN: &str = "TransactWriteItems account, log entry, session, failures";
pub const CHANGE_ACCOUNT: &str = "TransactWriteItems account";
pub const END_ALL_SESSIONS: &str = "TransactWriteItems account, log entry";
pub const END_SESSION: &str = "TransactWriteItems account, ended session, session, log entry";

pub fn case(
    name: &'static str,
    setup: Setup,
    store_calls: &'static [&'static str],
    make: fn(&Server, &Fixture) -> Call,
) -> Case {
    Case {
        name,
        setup,
        store_calls,
        done: None,
        make,
        password_afterwards: None,
    }
}

impl Case {
    pub fn done(mut self, count: &'static str) -> Self {
        self.done = Some(count);
        self
    }

    pub fn then_log_in_by(mut self, password: &'static str) -> Self {
        self.password_afterwards = Some(password);
        self
    }
}
