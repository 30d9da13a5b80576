//! Lists the accounts that a word names.

use serde::Serialize;

use crate::{
    arguments::User,
    failure::Failure,
    output::{AccountJson, Output, rows, state},
    place::Connected,
    users,
};

#[derive(Serialize)]
struct Found<'a> {
    accounts: Vec<AccountJson<'a>>,
}

pub async fn find(connected: &Connected, output: Output, user: &User) -> Result<(), Failure> {
    let accounts = users::find(&connected.app.store, user).await?;
    let found = Found {
        accounts: accounts.iter().map(AccountJson::from).collect(),
    };
    let text = || {
        let header = ["ID", "E-MAIL", "USERNAME", "STATE", "VERIFIED", "CREATED"];
        rows(
            header,
            accounts.iter().map(|account| {
                [
                    account.id.to_string(),
                    account.email.clone(),
                    account.username.clone(),
                    state(account).to_owned(),
                    yes_or_no(account.email_verified).to_owned(),
                    account.created_at.to_string(),
                ]
            }),
        )
    };
    output.print(&found, text).await
}

pub fn yes_or_no(truth: bool) -> &'static str {
    if truth { "yes" } else { "no" }
}
