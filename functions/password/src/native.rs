//! The calls for passwords in our own dialect.

use shared::{
    Context, Error,
    account::{CallbackUrl, Password},
    http::{Form, Request, Response, StatusCode, authenticate_change, refuse_foreign_origin},
    native::{AuthResponse, Delivery, NewPasswordField, read_identifier},
    session::Transport,
};

use crate::{
    change_password::{self, Passwords},
    forgot_password::{self, ForgottenPassword},
    reset_password,
};

pub(crate) async fn change_password(
    context: Context<'_>,
    request: &Request,
) -> Result<Response, Error> {
    let app = context.app;
    let caller = authenticate_change(context, request).await?;
    let min_length = app.settings.password_min_length;
    let body = Body::read(request.form()?, min_length, caller.transport)?;
    let changed = change_password::change_password(context, caller, &body.passwords).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&changed.account)
        .with_token(&changed.token, body.delivery, app)
        .response()
}

pub(crate) async fn forgot_password(
    context: Context<'_>,
    request: &Request,
) -> Result<Response, Error> {
    context.mail_settings()?;
    refuse_foreign_origin(context.app, request)?;
    let forgotten = read_forgotten(request.form()?)?;
    forgot_password::forgot_password(context, &forgotten).await?;
    AuthResponse::new(StatusCode::ACCEPTED).response()
}

pub(crate) async fn reset_password(
    context: Context<'_>,
    request: &Request,
) -> Result<Response, Error> {
    let app = context.app;
    context.mail_settings()?;
    refuse_foreign_origin(app, request)?;
    let (token, new) = read_reset(request.form()?, app.settings.password_min_length)?;
    let device = reset_password::reset_password(context, &token, &new).await?;
    AuthResponse::new(StatusCode::OK)
        .with_device(&device, Delivery::CookieOnly, app)?
        .response()
}

struct Body {
    passwords: Passwords,
    delivery: Delivery,
}

impl Body {
    fn read(mut form: Form, min_length: usize, transport: Transport) -> Result<Self, Error> {
        let current = form.required("current_password", Password::read);
        let (field, new) = NewPasswordField::read(&mut form, "new_password", min_length);
        let delivery = Delivery::read_for_successor(&mut form, transport);
        let body = current.zip(new).map(|(current, new)| Self {
            passwords: Passwords { current, new },
            delivery,
        });
        field.finish(form, body)
    }
}

fn read_forgotten(mut form: Form) -> Result<ForgottenPassword, Error> {
    let identifier = read_identifier(&mut form);
    let callback = form.optional("callback_url", CallbackUrl::parse);
    form.finish(identifier.map(|identifier| ForgottenPassword {
        identifier,
        callback,
    }))
}

fn read_reset(mut form: Form, min_length: usize) -> Result<(String, Password), Error> {
    // Any text may be a token. Its seal is checked later.
    let token = form.required("token", |token| Ok::<_, &str>(token.to_owned()));
    let (field, new) = NewPasswordField::read(&mut form, "new_password", min_length);
    field.finish(form, token.zip(new))
}
