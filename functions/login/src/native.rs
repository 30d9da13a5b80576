//! `POST login` in our own dialect.

use shared::{
    Context, Error,
    account::{CallbackUrl, Password},
    http::{Form, Request, Response, StatusCode, refuse_foreign_origin},
    native::{AuthResponse, Delivery, read_identifier},
    session::Device,
};

use crate::log_in::{self, Credentials};

pub(crate) async fn log_in(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    refuse_foreign_origin(context.app, request)?;
    let device = Device::from_headers(context.app, request.headers());
    let body = Body::read(request.form()?, device)?;
    let login = log_in::log_in(context, &body.credentials).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&login.account)
        .with_token(&login.token, body.delivery, context.app)
        .with_device(&login.device, body.delivery, context.app)?
        .with_redirect(&body.callback)
        .response()
}

struct Body {
    credentials: Credentials,
    callback: CallbackUrl,
    delivery: Delivery,
}

impl Body {
    fn read(mut form: Form, device: Option<Device>) -> Result<Self, Error> {
        let identifier = read_identifier(&mut form);
        let password = form.required("password", Password::read);
        let callback = form
            .optional("callback_url", CallbackUrl::parse)
            .unwrap_or_default();
        let delivery = form
            .optional("credentials_handling", Delivery::parse)
            .unwrap_or(Delivery::CookieAndBody);
        form.finish(identifier.zip(password).map(|(identifier, password)| Self {
            credentials: Credentials {
                identifier,
                password,
                device,
            },
            callback,
            delivery,
        }))
    }
}
