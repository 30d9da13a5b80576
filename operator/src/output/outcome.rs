//! The outcome of a command for an account, in one sentence.

use serde::Serialize;
use shared::account::Account;

use super::{AccountJson, Output, visible};
use crate::failure::Failure;

#[derive(Serialize)]
struct Outcome<'a> {
    changed: bool,
    message: &'a str,
    account: AccountJson<'a>,
}

impl Output {
    /// The sentence goes on after the e-mail of the account.
    pub async fn print_outcome(
        self,
        changed: bool,
        account: &Account,
        sentence: &str,
    ) -> Result<(), Failure> {
        let message = format!("{} {sentence}", visible(&account.email));
        let outcome = Outcome {
            changed,
            message: &message,
            account: AccountJson::from(account),
        };
        self.print(&outcome, || message.clone()).await
    }
}
