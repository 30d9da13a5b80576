//! Changes the username or the names of an account.

use shared::{
    Context, Error, Patch,
    account::{Account, PersonName, Username},
    store::Profile,
};

pub(crate) struct ProfilePatch {
    pub(crate) username: Option<Username>,
    pub(crate) first_name: Patch<PersonName>,
    pub(crate) last_name: Patch<PersonName>,
}

/// Writes nothing if nothing changes. Other usernames can be tried ten times an hour.
pub(crate) async fn update_profile(
    context: Context<'_>,
    account: Account,
    patch: &ProfilePatch,
) -> Result<Account, Error> {
    let before = Profile::of(&account);
    let after = patch.apply(Profile::of(&account));
    if after == before {
        return Ok(account);
    }
    let store = &context.app.store;
    if after.username != before.username {
        // The answer tells whether a username is taken, so trying counts as well.
        let limit = &context.app.settings.limits.renamings_per_account;
        // A keyed hash: the counter may outlive the account.
        let pseudonyms = &context.app.pseudonyms;
        let whom = pseudonyms.of("renaming", &account.id.to_string());
        store.count(limit, &whom, context.now()).await?;
    }
    store.change_profile(&account, &after, context.now()).await
}

impl ProfilePatch {
    fn apply<'a>(&'a self, mut profile: Profile<'a>) -> Profile<'a> {
        if let Some(username) = &self.username {
            profile.rename(username);
        }
        profile.first_name = patched(profile.first_name, &self.first_name);
        profile.last_name = patched(profile.last_name, &self.last_name);
        profile
    }
}

fn patched<'a>(name: Option<&'a str>, patch: &'a Patch<PersonName>) -> Option<&'a str> {
    match patch {
        Patch::Keep => name,
        Patch::Clear => None,
        Patch::Set(name) => Some(name.as_str()),
    }
}
