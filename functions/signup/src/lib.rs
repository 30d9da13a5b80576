//! `POST signup`: a new account and its first session.

use shared::{
    App, Error,
    account::{
        Account, CallbackUrl, Email, Password, PersonName, PersonalWords, Username, check_password,
    },
    http::{Answer, Endpoint, Form, Method, Request, StatusCode, refuse_foreign},
    session::Delivery,
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().auth(
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

    let password_hash = app.hasher.hash(&wanted.password, &app.entropy).await?;
    let now = app.clock.now();
    let id = app.entropy.uuid()?;
    let account = Account::new(id, &wanted.email, &username, names, password_hash, now);
    app.store.create_account(&account).await?;

    let issued = app.tokens.open(&account, now, &app.entropy)?;
    Ok(Answer::success(StatusCode::CREATED)
        .with_user(&account)
        .with_token(&issued, wanted.delivery, app)
        .with_redirect(&wanted.callback))
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
        let username = form.optional("username", Username::parse);
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
