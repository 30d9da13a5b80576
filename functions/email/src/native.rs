//! The three calls in our own dialect. None of them exists where mail is off.

use shared::{
    Context, Error,
    account::{Email, Password},
    http::{Form, Request, Response, StatusCode, authenticate_change, refuse_foreign_origin},
    native::AuthResponse,
};

use crate::{
    request_change::{self, NewEmail},
    resend_link::{self, Resent},
    use_link,
};

pub(crate) async fn verify(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    context.mail_settings()?;
    refuse_foreign_origin(context.app, request)?;
    let token = read_token(request.form()?)?;
    let account = use_link::use_link(context, &token).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&account)
        .response()
}

pub(crate) async fn resend(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    context.mail_settings()?;
    let caller = authenticate_change(context, request).await?;
    request.optional_form()?.finish(Some(()))?;
    let status = match resend_link::resend_link(context, &caller.account).await? {
        Resent::Mailed => StatusCode::ACCEPTED,
        Resent::VerifiedAlready => StatusCode::OK,
    };
    AuthResponse::new(status).response()
}

pub(crate) async fn request_change(
    context: Context<'_>,
    request: &Request,
) -> Result<Response, Error> {
    context.mail_settings()?;
    let caller = authenticate_change(context, request).await?;
    let new = read_new_email(request.form()?, &caller.account.email)?;
    request_change::request_change(context, &caller, &new).await?;
    AuthResponse::new(StatusCode::ACCEPTED).response()
}

fn read_token(mut form: Form) -> Result<String, Error> {
    let token = form.required("token", |typed| Ok::<_, &str>(typed.to_owned()));
    form.finish(token)
}

fn read_new_email(mut form: Form, present: &str) -> Result<NewEmail, Error> {
    let email = form.required("new_email", |typed| {
        let email = Email::parse(typed)?;
        if email.shown() == present {
            return Err("This is the e-mail of your account already. Enter another one.");
        }
        Ok(email)
    });
    let password = form.required("password", Password::read);
    let new = email.zip(password);
    form.finish(new.map(|(email, password)| NewEmail { email, password }))
}
