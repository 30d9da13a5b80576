//! `POST me/password` in our own dialect.

use shared::{
    Context, Error,
    account::Password,
    http::{Form, Request, Response, StatusCode, authenticate_change},
    native::{AuthResponse, Delivery, NewPasswordField},
    session::Transport,
};

use crate::change_password::{self, Passwords};

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
