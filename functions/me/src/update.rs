//! `PATCH me`: another username or other names. Absent is kept, null clears a name.

use shared::{
    App, Error,
    account::{Account, PersonName, Username},
    http::{Answer, Change, Form, Request, StatusCode, Success, caller_for_change},
    store::Profile,
};

pub(crate) async fn update(app: &App, request: &Request) -> Result<Answer, Error> {
    let caller = caller_for_change(app, request).await?;
    let patch = Patch::read(request.form()?)?;
    let before = Profile::of(&caller.account);
    let after = patch.apply(Profile::of(&caller.account));
    if after == before {
        return answer(&caller.account);
    }
    let changed = app
        .store
        .change_profile(&caller.account, &after, app.clock.now())
        .await?;
    answer(&changed)
}

fn answer(account: &Account) -> Result<Answer, Error> {
    Success::new(StatusCode::OK).with_user(account).answer()
}

struct Patch {
    username: Option<Username>,
    first_name: Change<PersonName>,
    last_name: Change<PersonName>,
}

impl Patch {
    fn read(mut form: Form) -> Result<Self, Error> {
        form.accept_alias("firstName", "first_name");
        form.accept_alias("lastName", "last_name");
        let username = match form.change("username", Username::choose) {
            Change::Keep => None,
            Change::Set(username) => Some(username),
            Change::Clear => {
                form.refuse("username", "A username can be changed and not cleared.");
                None
            }
        };
        let first_name = form.change("firstName", PersonName::parse);
        let last_name = form.change("lastName", PersonName::parse);
        form.finish(Some(Self {
            username,
            first_name,
            last_name,
        }))
    }

    fn apply<'a>(&'a self, mut profile: Profile<'a>) -> Profile<'a> {
        if let Some(username) = &self.username {
            profile.rename(username);
        }
        profile.first_name = changed(&self.first_name, profile.first_name);
        profile.last_name = changed(&self.last_name, profile.last_name);
        profile
    }
}

fn changed<'a>(change: &'a Change<PersonName>, before: Option<&'a str>) -> Option<&'a str> {
    match change {
        Change::Keep => before,
        Change::Clear => None,
        Change::Set(name) => Some(name.as_str()),
    }
}
