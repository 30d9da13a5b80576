//! `POST refresh` in our own dialect.

use shared::{
    Context, Error,
    http::{Request, Response, StatusCode, identity_for_change},
    native::{AuthResponse, Delivery},
};

use crate::refresh;

pub(crate) async fn refresh(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let (identity, origin) = identity_for_change(context, request)?;
    let transport = identity.transport;
    let delivery = origin.and_then(|()| delivery(request));
    let (refreshed, delivery) = refresh::refresh(context, identity, delivery).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&refreshed.account)
        .with_token(
            &refreshed.token,
            delivery.unwrap_or(Delivery::like(transport)),
            context.app,
        )
        .response()
}

fn delivery(request: &Request) -> Result<Option<Delivery>, Error> {
    let mut form = request.optional_form()?;
    let delivery = form.optional("credentials_handling", Delivery::parse);
    form.finish(Some(delivery))
}
