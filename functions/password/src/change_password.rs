//! Changes the password: the password rules, the current password, the new hash, a new token.

use shared::{
    Context, Error,
    account::{Account, Password},
    audit::Action,
    mail::MailKind,
    session::{Caller, confirm_password},
    token::IssuedToken,
};

use crate::new_password_rules::check_new_password;

pub(crate) struct Passwords {
    pub(crate) current: Password,
    pub(crate) new: Password,
}

pub(crate) struct Changed {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
}

pub(crate) async fn change_password(
    context: Context<'_>,
    caller: Caller,
    passwords: &Passwords,
) -> Result<Changed, Error> {
    let app = context.app;
    let min_length = app.settings.password_min_length;
    check_new_password(&passwords.new, &caller.account, min_length)?;

    let action = Action::PasswordChange;
    confirm_password(context, &caller, &passwords.current, action).await?;
    let Caller {
        account, claims, ..
    } = caller;
    count_change(context, &account).await?;
    let new_hash = app.hasher.hash(&passwords.new, &app.entropy).await?;
    let now = context.now();
    let notice = context.notice(MailKind::PasswordChanged, &account)?;
    let changed = account.with_new_password(new_hash, now);
    let auth_time = now.seconds();
    let token = app
        .tokens
        .issue(&changed, claims.session_id, auth_time, now, &app.entropy)?;
    let session = context.session_record(&token.claims);
    context
        .audit(action, account.id, async |entry| {
            app.store
                .change_password(&account, &changed, &session, notice.as_ref(), entry)
                .await
        })
        .await?;
    Ok(Changed {
        account: changed,
        token,
    })
}

/// Only right passwords get here. Wrong ones have a limit of their own.
async fn count_change(context: Context<'_>, account: &Account) -> Result<(), Error> {
    let app = context.app;
    let whom = app
        .pseudonyms
        .of("password change", &account.id.to_string());
    let rate = &app.settings.limits.password_changes_per_account;
    app.store.count(rate, &whom, context.now()).await
}
