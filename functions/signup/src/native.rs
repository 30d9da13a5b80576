//! `POST signup` in our own dialect.

use shared::{
    Context, Error,
    account::{CallbackUrl, Email, PersonName, Username},
    http::{Form, Request, Response, StatusCode, refuse_foreign_origin},
    native::{AuthResponse, Delivery, NewPasswordField},
};

use crate::{new_account::NewAccount, sign_up, sign_up_in_silence};

pub(crate) async fn sign_up(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let app = context.app;
    refuse_foreign_origin(app, request)?;
    let body = Body::read(request.form()?, app.settings.password_min_length)?;
    if app.settings.require_verified_email() {
        sign_up_in_silence::sign_up_in_silence(context, &body.account).await?;
        return AuthResponse::new(StatusCode::ACCEPTED)
            .with_redirect(&body.callback)
            .response();
    }
    let signup = sign_up::sign_up(context, &body.account).await?;
    AuthResponse::new(StatusCode::CREATED)
        .with_user(&signup.account)
        .with_token(&signup.token, body.delivery, app)
        .with_device(&signup.device, body.delivery, app)?
        .with_redirect(&body.callback)
        .response()
}

struct Body {
    account: NewAccount,
    callback: CallbackUrl,
    delivery: Delivery,
}

impl Body {
    fn read(mut form: Form, password_min_length: usize) -> Result<Self, Error> {
        form.accept_alias("firstName", "first_name");
        form.accept_alias("lastName", "last_name");
        let email = form.required("email", Email::parse);
        let (field, password) = NewPasswordField::read(&mut form, "password", password_min_length);
        let username = form.optional("username", Username::choose);
        let first_name = form.optional("firstName", PersonName::parse);
        let last_name = form.optional("lastName", PersonName::parse);
        let callback = form
            .optional("callback_url", CallbackUrl::parse)
            .unwrap_or_default();
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(Delivery::CookieAndBody);
        let body = email.zip(password).map(|(email, password)| Self {
            account: NewAccount {
                email,
                password,
                username,
                first_name,
                last_name,
            },
            callback,
            delivery,
        });
        field.finish(form, body)
    }
}
