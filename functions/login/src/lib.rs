//! `POST login`: a new session for a known account.

use shared::{
    App, Error,
    account::{Account, AccountStanding, CallbackUrl, Email, Password, Username, Verdict},
    http::{Answer, Endpoint, Form, Method, Request, StatusCode, refuse_foreign},
    session::Delivery,
};

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().auth(
        "/login",
        &[(Method::POST, |app, request| Box::pin(log_in(app, request)))],
    )
}

async fn log_in(app: &App, request: &Request) -> Result<Answer, Error> {
    refuse_foreign(app, request)?;
    let wanted = LogIn::read(request.form()?)?;
    let found = find(app, &wanted.who).await?;
    let stored = found.as_ref().map(|account| account.password_hash.as_str());
    // Before anything else is decided, so that every refusal takes the same time.
    let verdict = app.hasher.compare(&wanted.password, stored).await?;
    let account = found.ok_or(Error::InvalidCredentials("no such account"))?;
    if verdict == Verdict::Differs {
        return Err(Error::InvalidCredentials("wrong password"));
    }
    match account.standing() {
        AccountStanding::Active => {}
        AccountStanding::Suspended => {
            return Err(Error::InvalidCredentials("suspended account"));
        }
        AccountStanding::Leaving => {
            return Err(Error::InvalidCredentials("account being deleted"));
        }
    }
    if verdict == Verdict::MatchesOutdated {
        let new_hash = app.hasher.hash(&wanted.password, &app.entropy).await?;
        app.store.upgrade_hash(&account, &new_hash).await?;
    }

    let issued = app.tokens.open(&account, app.clock.now(), &app.entropy)?;
    Ok(Answer::success(StatusCode::OK)
        .with_user(&account)
        .with_token(&issued, wanted.delivery, app)
        .with_redirect(&wanted.callback))
}

/// Two reads, one after the other, whether or not anybody is there: an account that nobody has
/// takes as long to look up as one that somebody has.
async fn find(app: &App, who: &Who) -> Result<Option<Account>, Error> {
    let owner = match who {
        Who::Email(email) => app.store.owner_of_email(email).await?,
        Who::Username(username) => app.store.owner_of_username(username).await?,
    };
    let id = match owner {
        Some(id) => id,
        None => app.entropy.uuid()?,
    };
    app.store.account(id).await
}

enum Who {
    Email(Email),
    Username(Username),
}

struct LogIn {
    who: Who,
    password: Password,
    callback: CallbackUrl,
    delivery: Delivery,
}

impl LogIn {
    fn read(mut form: Form) -> Result<Self, Error> {
        if form.has("email") == form.has("username") {
            let wrong = "Give exactly one of email and username.";
            form.refuse("email", wrong);
            form.refuse("username", wrong);
        }
        let email = form.optional("email", Email::parse).map(Who::Email);
        let username = form
            .optional("username", Username::parse)
            .map(Who::Username);
        let password = form.required("password", Password::read);
        let callback = form
            .optional("callback_url", CallbackUrl::parse)
            .unwrap_or_default();
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(Delivery::CookieAndBody);
        let who = email.or(username);
        form.finish(who.zip(password).map(|(who, password)| Self {
            who,
            password,
            callback,
            delivery,
        }))
    }
}
