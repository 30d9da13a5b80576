//! The rules for a new password of an account: the personal words are those that the account has.

use shared::{
    Error,
    account::{Account, Email, Password, PersonName, PersonalWords, Username, check_password},
};

pub(crate) fn check_new_password(
    new: &Password,
    account: &Account,
    min_length: usize,
) -> Result<(), Error> {
    check_password(new, &personal_words(account), min_length).map_err(|weakness| {
        Error::WeakPassword {
            field: "new_password",
            weakness,
        }
    })
}

/// Stored values met the rules of their time. Those that fail today's rules are left out.
fn personal_words(account: &Account) -> PersonalWords {
    let names: Vec<PersonName> = [&account.first_name, &account.last_name]
        .into_iter()
        .flatten()
        .filter_map(|name| PersonName::parse(name).ok())
        .collect();
    PersonalWords::of(
        Email::parse(&account.email).ok().as_ref(),
        Username::parse(&account.username).ok().as_ref(),
        &names.iter().collect::<Vec<_>>(),
    )
}
