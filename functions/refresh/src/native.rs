//! `POST refresh` in our own dialect.

use shared::{
    Context, Error,
    http::{Request, Response, StatusCode, identity_for_change},
    native::{AuthResponse, Delivery},
    session::Transport,
};

use crate::refresh;

pub(crate) async fn refresh(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let (identity, origin) = identity_for_change(context, request)?;
    let transport = identity.transport;
    let delivery = origin.and_then(|()| delivery(request, transport));
    let (refreshed, delivery) = refresh::refresh(context, identity, delivery).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&refreshed.account)
        .with_token(&refreshed.token, delivery, context.app)
        .response()
}

fn delivery(request: &Request, transport: Transport) -> Result<Delivery, Error> {
    let mut form = request.optional_form()?;
    let delivery = Delivery::read_for_successor(&mut form, transport);
    form.finish(Some(delivery))
}
