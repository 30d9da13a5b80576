//! `POST login` in our own dialect.

use shared::{
    Context, Error,
    account::{CallbackUrl, Email, Password, Username},
    http::{Form, Request, Response, StatusCode, refuse_foreign_origin},
    native::{AuthResponse, Delivery},
};

use crate::log_in::{self, Credentials, Identifier};

pub(crate) async fn log_in(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    refuse_foreign_origin(context.app, request)?;
    let body = Body::read(request.form()?)?;
    let login = log_in::log_in(context, &body.credentials).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&login.account)
        .with_token(&login.token, body.delivery, context.app)
        .with_redirect(&body.callback)
        .response()
}

struct Body {
    credentials: Credentials,
    callback: CallbackUrl,
    delivery: Delivery,
}

impl Body {
    fn read(mut form: Form) -> Result<Self, Error> {
        if form.has("email") == form.has("username") {
            let wrong = "Give exactly one of email and username.";
            form.refuse("email", wrong);
            form.refuse("username", wrong);
        }
        let email = form.optional("email", Email::parse).map(Identifier::Email);
        let username = form
            .optional("username", Username::parse)
            .map(Identifier::Username);
        let password = form.required("password", Password::read);
        let callback = form
            .optional("callback_url", CallbackUrl::parse)
            .unwrap_or_default();
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(Delivery::CookieAndBody);
        let identifier = email.or(username);
        form.finish(identifier.zip(password).map(|(identifier, password)| Self {
            credentials: Credentials {
                identifier,
                password,
            },
            callback,
            delivery,
        }))
    }
}
