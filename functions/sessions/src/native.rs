//! `me/sessions` in our own dialect.

use serde::Serialize;
use shared::{
    Context, Error,
    http::{Request, Response, StatusCode, identity_for_change},
    native::{AuthResponse, Delivery, ListedSession},
    session::{Identity, Transport},
    token::SessionId,
};

use crate::{
    end_other_sessions::end_other_sessions,
    end_session::{Ended, end_session},
    list_sessions::list_sessions,
};

#[derive(Serialize)]
struct Sessions<'a> {
    items: Vec<ListedSession<'a>>,
}

/// `GET me/sessions`: the live sessions, never a token.
pub(crate) async fn list(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let input = request.refuse_parameters();
    let live = list_sessions(context, identity, input).await?;
    let items = live.sessions.iter();
    let items = items.map(|session| {
        let is_current = session.id == live.current;
        ListedSession::from(session).as_current(is_current)
    });
    let items = items.collect();
    Response::json(StatusCode::OK, &Sessions { items })
}

/// `DELETE me/sessions/{id}`: ends that session. The caller's own is ended as by `POST logout`.
pub(crate) async fn end(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let (identity, origin) = identity_for_change(context, request)?;
    let input = origin.and_then(|()| session_id(request));
    let ended = end_session(context, identity, input).await?;
    let answer = AuthResponse::new(StatusCode::OK);
    match ended {
        Ended::This => answer.clearing_cookie(context.app),
        Ended::Another => answer,
    }
    .response()
}

/// `DELETE me/sessions`: ends all others, and answers with a new token for this one.
pub(crate) async fn end_others(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let (identity, origin) = identity_for_change(context, request)?;
    let transport = identity.transport;
    let delivery = origin.and_then(|()| delivery(request, transport));
    let (kept, delivery) = end_other_sessions(context, identity, delivery).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&kept.account)
        .with_token(&kept.token, delivery, context.app)
        .response()
}

/// An invalid id is the id of no session.
fn session_id(request: &Request) -> Result<Option<SessionId>, Error> {
    request.optional_form()?.finish(Some(()))?;
    Ok(request.parameter("id").and_then(SessionId::parse))
}

fn delivery(request: &Request, transport: Transport) -> Result<Delivery, Error> {
    let mut form = request.optional_form()?;
    let delivery = Delivery::read_for_successor(&mut form, transport);
    form.finish(Some(delivery))
}
