//! `POST me/password`: a new password. Every other session ends; this one goes on with a new token.

use shared::{
    App, Error,
    account::{Account, Email, Password, PersonName, PersonalWords, Username, check_password},
    activity::{Action, NewEntry, announce},
    http::{
        Answer, Endpoint, Form, Method, Request, StatusCode, Success, caller_for_change,
        confirm_password,
    },
    session::Delivery,
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().that_hashes().auth(
        "/me/password",
        &[(Method::POST, |app, request| {
            Box::pin(change_password(app, request))
        })],
    )
}

async fn change_password(app: &App, request: &Request) -> Result<Answer, Error> {
    let caller = caller_for_change(app, request).await?;
    let wanted = Change::read(request.form()?, Delivery::like(caller.transport))?;
    check_password(
        &wanted.new,
        &personal_words(&caller.account),
        app.settings.password_min_length,
    )
    .map_err(|weakness| Error::WeakPassword {
        field: "new_password",
        weakness,
    })?;

    let action = Action::PasswordChange;
    confirm_password(app, request, &caller.account, &wanted.current, action).await?;
    let new_hash = app.hasher.hash(&wanted.new, &app.entropy).await?;
    let now = app.clock.now();
    let log = NewEntry::of(app, &request.trace, action, Ok(()))?;
    let account = app
        .store
        .change_password(&caller.account, &new_hash, now, &log)
        .await?;
    announce(account.id, &log.entry);

    let session_id = caller.claims.session_id;
    let issued = app
        .tokens
        .issue(&account, session_id, now.seconds(), now, &app.entropy)?;
    Success::new(StatusCode::OK)
        .with_user(&account)
        .with_token(&issued, wanted.delivery, app)
        .answer()
}

struct Change {
    current: Password,
    new: Password,
    delivery: Delivery,
}

impl Change {
    fn read(mut form: Form, delivery: Delivery) -> Result<Self, Error> {
        let current = form.required("current_password", Password::read);
        let new = form.required("new_password", Password::read);
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(delivery);
        form.finish(current.zip(new).map(|(current, new)| Self {
            current,
            new,
            delivery,
        }))
    }
}

/// What is stored was valid when it was stored; what a later rule refuses is left out.
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
