//! `POST login`: a new session for a known account.

use futures_util::future::{OptionFuture, join};
use shared::{
    App, Error,
    account::{Account, AccountState, CallbackUrl, Comparison, Email, Password, Username},
    activity::{Action, NewEntry, announce, announce_stranger},
    http::{Answer, Endpoint, Form, Method, Request, StatusCode, Success, refuse_foreign},
    session::{Delivery, prove_password},
    store::{Attempt, Target},
};
use uuid::Uuid;

#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint::new().that_hashes().auth(
        "/login",
        &[(Method::POST, |app, request| Box::pin(log_in(app, request)))],
    )
}

async fn log_in(app: &App, request: &Request) -> Result<Answer, Error> {
    refuse_foreign(app, request)?;
    let wanted = LogIn::read(request.form()?)?;
    let (target, attempt, found) = begin(app, request, &wanted.who).await?;
    let stored = found.as_ref().map(|account| account.password_hash.as_str());
    // Before anything else is decided, so that every refusal takes the same time.
    let comparison = prove_password(app, &attempt, &wanted.password, stored).await?;
    let log_of = found.as_ref().and_then(|account| match account.state() {
        AccountState::Active | AccountState::Suspended => Some(account.id),
        // Nothing may be left behind of an account that goes.
        AccountState::BeingDeleted => None,
    });
    let account = match judge(found, comparison) {
        Ok(account) => account,
        Err(refusal) => {
            record_refusal(app, request, &wanted.who, log_of, &refusal).await?;
            return Err(refusal);
        }
    };

    let new_hash = match comparison {
        Comparison::OutdatedMatch => Some(app.hasher.hash(&wanted.password, &app.entropy).await?),
        Comparison::Match | Comparison::Mismatch => None,
    };
    settle(app, request, &account, &target, new_hash.as_deref()).await?;

    let issued = app.tokens.open(&account, app.clock.now(), &app.entropy)?;
    Success::new(StatusCode::OK)
        .with_user(&account)
        .with_token(&issued, wanted.delivery, app)
        .with_redirect(&wanted.callback)
        .answer()
}

/// Counts the attempt and looks the account up, in two round trips whether or not anybody is there:
/// an account that nobody has takes as long, and is locked as soon, as one that somebody has.
async fn begin(
    app: &App,
    request: &Request,
    who: &Who,
) -> Result<(Target, Attempt, Option<Account>), Error> {
    let (limits, now) = (&app.settings.limits, app.clock.now());
    let source = request.source().to_string();
    let (counted, owner) = join(
        app.store.count(&limits.login_per_address, &source, now),
        who.owner(app),
    )
    .await;
    counted?;
    let (target, id) = match owner? {
        Some(id) => (Target::Account(id), id),
        None => (Target::Nobody(who.pseudonym(app)?), app.entropy.uuid()?),
    };
    let (attempt, found) = join(
        app.store
            .begin_attempt(&target, limits.login_free_failures, now),
        app.store.account(id),
    )
    .await;
    Ok((target, attempt?, found?))
}

/// What a success leaves behind: side by side, as none of it depends on the other.
async fn settle(
    app: &App,
    request: &Request,
    account: &Account,
    target: &Target,
    new_hash: Option<&str>,
) -> Result<(), Error> {
    let upgrade = new_hash.map(|new_hash| app.store.upgrade_hash(account, new_hash));
    let log = NewEntry::of(app, &request.trace, Action::Login, Ok(()))?;
    // Boxed, for each holds a request.
    let (recorded, upgraded) = join(
        Box::pin(app.store.record_login(account.id, &log, target)),
        Box::pin(OptionFuture::from(upgrade)),
    )
    .await;
    recorded?;
    announce(account.id, &log.entry);
    upgraded.unwrap_or(Ok(()))
}

fn judge(found: Option<Account>, comparison: Comparison) -> Result<Account, Error> {
    let account = found.ok_or(Error::InvalidCredentials("no such account"))?;
    if comparison == Comparison::Mismatch {
        return Err(Error::InvalidCredentials("wrong password"));
    }
    match account.state() {
        AccountState::Active => Ok(account),
        AccountState::Suspended => Err(Error::InvalidCredentials("suspended account")),
        AccountState::BeingDeleted => Err(Error::InvalidCredentials("account being deleted")),
    }
}

/// One write either way, so that its time tells nothing.
async fn record_refusal(
    app: &App,
    request: &Request,
    who: &Who,
    log_of: Option<Uuid>,
    refusal: &Error,
) -> Result<(), Error> {
    let log = NewEntry::of(app, &request.trace, Action::Login, Err(refusal))?;
    app.store.record_refused_login(log_of, &log).await?;
    match log_of {
        Some(user_id) => announce(user_id, &log.entry),
        None => announce_stranger(&who.pseudonym(app)?, &log.entry),
    }
    Ok(())
}

enum Who {
    Email(Email),
    Username(Username),
}

impl Who {
    async fn owner(&self, app: &App) -> Result<Option<Uuid>, Error> {
        match self {
            Self::Email(email) => app.store.owner_of_email(email).await,
            Self::Username(username) => app.store.owner_of_username(username).await,
        }
    }

    fn pseudonym(&self, app: &App) -> Result<String, Error> {
        match self {
            Self::Email(email) => app.pseudonyms.of("email", email.normal()),
            Self::Username(username) => app.pseudonyms.of("username", username.normal()),
        }
    }
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
