//! `POST signup`: a new account and its first session.

use shared::{
    App, Error,
    account::{
        Account, CallbackUrl, Email, Password, PersonName, PersonalWords, Username, check_password,
    },
    activity::{Action, NewEntry, announce, announce_stranger},
    http::{Answer, Endpoint, Form, Method, Request, StatusCode, Success, refuse_foreign},
    session::Delivery,
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().that_hashes().auth(
        "/signup",
        &[(Method::POST, |app, request| Box::pin(sign_up(app, request)))],
    )
}

async fn sign_up(app: &App, request: &Request) -> Result<Answer, Error> {
    refuse_foreign(app, request)?;
    let wanted = SignUp::read(request.form()?)?;
    let username = match wanted.username {
        Some(username) => username,
        None => Username::random(app.entropy.bytes()?),
    };
    let names = [wanted.first_name.as_ref(), wanted.last_name.as_ref()];
    let personal = PersonalWords::of(
        Some(&wanted.email),
        Some(&username),
        &names.into_iter().flatten().collect::<Vec<_>>(),
    );
    check_password(
        &wanted.password,
        &personal,
        app.settings.password_min_length,
    )
    .map_err(|weakness| Error::WeakPassword {
        field: "password",
        weakness,
    })?;

    let now = app.clock.now();
    app.store
        .count(
            &app.settings.limits.signup_per_address,
            &request.source().to_string(),
            now,
        )
        .await?;
    let password_hash = app.hasher.hash(&wanted.password, &app.entropy).await?;
    let id = app.entropy.uuid()?;
    let account = Account::new(id, &wanted.email, &username, names, password_hash, now);
    let log = NewEntry::of(app, &request.trace, Action::Signup, Ok(()))?;
    if let Err(error) = app.store.create_account(&account, &log).await {
        return Err(refused(app, request, &wanted.email, error)?);
    }
    announce(account.id, &log.entry);

    let issued = app.tokens.open(&account, now, &app.entropy)?;
    Success::new(StatusCode::CREATED)
        .with_user(&account)
        .with_token(&issued, wanted.delivery, app)
        .with_redirect(&wanted.callback)
        .answer()
}

/// Whose e-mail or username it was is not the caller's to have in a log: the process log alone
/// tells of it.
fn refused(app: &App, request: &Request, email: &Email, error: Error) -> Result<Error, Error> {
    if matches!(error, Error::EmailTaken | Error::UsernameTaken) {
        let log = NewEntry::of(app, &request.trace, Action::Signup, Err(&error))?;
        let pseudonym = app.pseudonyms.of("email", email.normal())?;
        announce_stranger(&pseudonym, &log.entry);
    }
    Ok(error)
}

struct SignUp {
    email: Email,
    password: Password,
    username: Option<Username>,
    first_name: Option<PersonName>,
    last_name: Option<PersonName>,
    callback: CallbackUrl,
    delivery: Delivery,
}

impl SignUp {
    fn read(mut form: Form) -> Result<Self, Error> {
        form.accept_alias("firstName", "first_name");
        form.accept_alias("lastName", "last_name");
        let email = form.required("email", Email::parse);
        let password = form.required("password", Password::read);
        let username = form.optional("username", Username::choose);
        let first_name = form.optional("firstName", PersonName::parse);
        let last_name = form.optional("lastName", PersonName::parse);
        let callback = form
            .optional("callback_url", CallbackUrl::parse)
            .unwrap_or_default();
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(Delivery::CookieAndBody);
        form.finish(email.zip(password).map(|(email, password)| Self {
            email,
            password,
            username,
            first_name,
            last_name,
            callback,
            delivery,
        }))
    }
}
