//! Signs up: the password rules, the limit, the account with its claims, the first session.

use shared::{
    Context, Error,
    account::{Account, Email, Password, PersonName, PersonalWords, Username, check_password},
    audit::{Action, Subject},
    mail::LinkPurpose,
    session::Device,
    token::IssuedToken,
};

pub(crate) struct NewAccount {
    pub(crate) email: Email,
    pub(crate) password: Password,
    pub(crate) username: Option<Username>,
    pub(crate) first_name: Option<PersonName>,
    pub(crate) last_name: Option<PersonName>,
}

pub(crate) struct Signup {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
    pub(crate) device: Device,
}

pub(crate) async fn sign_up(context: Context<'_>, new: NewAccount) -> Result<Signup, Error> {
    let app = context.app;
    let username = match new.username {
        Some(username) => username,
        None => Username::random(app.entropy.bytes()?),
    };
    let names = [new.first_name.as_ref(), new.last_name.as_ref()];
    let personal = PersonalWords::of(
        Some(&new.email),
        Some(&username),
        &names.into_iter().flatten().collect::<Vec<_>>(),
    );
    check_password(&new.password, &personal, app.settings.password_min_length).map_err(
        |weakness| Error::WeakPassword {
            field: "password",
            weakness,
        },
    )?;

    let now = context.now();
    let limit = &app.settings.limits.signup_per_address;
    context.count_by_address(limit).await?;
    let password_hash = app.hasher.hash(&new.password, &app.entropy).await?;
    let id = app.entropy.uuid()?;
    let account = Account::new(id, &new.email, &username, names, password_hash, now);
    let link = match app.settings.mail {
        Some(_) => Some(context.link(LinkPurpose::VerifyEmail, &account, &account.email)?),
        None => None,
    };
    let created = context.audit(Action::Signup, account.id, async |entry| {
        app.store
            .create_account(&account, link.as_ref(), entry)
            .await
    });
    if let Err(error) = created.await {
        log_taken(context, &new.email, &error).await?;
        return Err(error);
    }
    let token = app.tokens.open(&account, now, &app.entropy)?;
    let device = Device::new(&account, &app.entropy)?;
    Ok(Signup {
        account,
        token,
        device,
    })
}

/// The owner of the e-mail or username has no part in this call, so the owner's audit log does not
/// tell of it. The process log does.
async fn log_taken(context: Context<'_>, email: &Email, error: &Error) -> Result<(), Error> {
    if !matches!(error, Error::EmailTaken | Error::UsernameTaken) {
        return Ok(());
    }
    let pseudonym = context.app.pseudonyms.of("email", email.normal())?;
    let subject = Subject::Unknown {
        pseudonym: &pseudonym,
    };
    context
        .audit_failure(Action::Signup, subject, error, async |_| Ok(()))
        .await
}
