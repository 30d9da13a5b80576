//! The password, asked for once more before what cannot be taken back.

use shared::{
    App, Error,
    account::{Account, Password, Verdict},
};

pub(crate) async fn confirm(
    app: &App,
    account: &Account,
    password: &Password,
) -> Result<(), Error> {
    match app
        .hasher
        .compare(password, Some(&account.password_hash))
        .await?
    {
        Verdict::Matches | Verdict::MatchesOutdated => Ok(()),
        Verdict::Differs => Err(Error::WrongPassword),
    }
}
