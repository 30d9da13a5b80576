//! Signs up: the password rules, the limit, the account with its claims, the first session.

use shared::{
    Context, Error, account::Account, audit::Action, mail::LinkPurpose, session::Device,
    token::IssuedToken,
};

use crate::new_account::NewAccount;

pub(crate) struct Signup {
    pub(crate) account: Account,
    pub(crate) token: IssuedToken,
    pub(crate) device: Device,
}

pub(crate) async fn sign_up(context: Context<'_>, new: &NewAccount) -> Result<Signup, Error> {
    let app = context.app;
    let username = new.checked_username(context)?;
    let limit = &app.settings.limits.signup_per_address;
    context.count_by_address(limit).await?;
    let account = new.account(context, &username).await?;
    let link = match app.settings.mail {
        Some(_) => Some(context.link(LinkPurpose::VerifyEmail, &account, &account.email)?),
        None => None,
    };
    let token = app.tokens.open(&account, context.now(), &app.entropy)?;
    let session = context.session_record(&token.claims);
    let created = context.audit(Action::Signup, account.id, async |entry| {
        app.store
            .create_account(&account, Some(&session), link.as_ref(), entry)
            .await
    });
    if let Err(error) = created.await {
        new.log_taken(context, &error).await?;
        return Err(error);
    }
    let device = Device::new(&account, &app.entropy)?;
    Ok(Signup {
        account,
        token,
        device,
    })
}
