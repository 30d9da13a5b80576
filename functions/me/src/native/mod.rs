//! `me`, `me/activity` and `me/export` in our own dialect.

mod export_body;
mod export_item;

use shared::{
    Context, Deletion, Error, Patch,
    account::{Password, PersonName, Username},
    http::{
        Form, Page, Request, Response, StatusCode, authenticate, authenticate_change, cursor,
        identity_for_change, page_size,
    },
    native::AuthResponse,
    session::Identity,
};

pub use export_item::ExportItemJson;

use crate::{
    delete_account::delete_account,
    export::{self, Position},
    list_activity::{PageQuery, list_activity},
    update_profile::{ProfilePatch, update_profile},
};
use export_body::ExportBody;

/// `GET me`: the user, and the session of this token.
pub(crate) async fn show(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let caller = authenticate(context, request).await?;
    request.refuse_parameters()?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&caller.account)
        .with_session(&caller.claims)
        .response()
}

/// `PATCH me`: another username or other names. Absent is kept, null clears a name.
pub(crate) async fn update(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let caller = authenticate_change(context, request).await?;
    let patch = read_patch(request.form()?)?;
    let account = update_profile(context, caller.account, &patch).await?;
    AuthResponse::new(StatusCode::OK)
        .with_user(&account)
        .response()
}

/// `DELETE me`: the account and everything of it.
pub(crate) async fn delete(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let (identity, origin) = identity_for_change(context, request)?;
    let password = origin.and_then(|()| read_password(request));
    let status = match delete_account(context, identity, password).await? {
        Deletion::Finished => StatusCode::OK,
        Deletion::GoesOn => StatusCode::ACCEPTED,
    };
    AuthResponse::new(status)
        .clearing_cookie(context.app)
        .response()
}

/// `GET me/activity`: the user's own authentication log, newest first.
pub(crate) async fn activity(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let query = read_query(request);
    let activity = list_activity(context, identity, query).await?;
    Response::json(
        StatusCode::OK,
        &Page {
            items: activity.entries,
            next_cursor: activity.next_cursor,
        },
    )
}

/// `GET me/export`: everything of the user, as much as a page holds.
pub(crate) async fn export(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let caller = authenticate(context, request).await?;
    let (app, account) = (context.app, &caller.account);
    let from = match read_cursor(request)? {
        None => None,
        Some(cursor) => Some(Position::open(&cursor, app, account.id)?),
    };
    let mut body = ExportBody::new();
    let next = export::read_page(context, account, from, |item| body.take(item)).await?;
    let next_cursor = next.map(|next| next.seal(app, account.id)).transpose()?;
    body.response(next_cursor.as_deref())
}

fn read_patch(mut form: Form) -> Result<ProfilePatch, Error> {
    form.accept_alias("firstName", "first_name");
    form.accept_alias("lastName", "last_name");
    let username = match form.patch("username", Username::choose) {
        Patch::Keep => None,
        Patch::Set(username) => Some(username),
        Patch::Clear => {
            form.refuse("username", "A username can be changed and not cleared.");
            None
        }
    };
    let first_name = form.patch("firstName", PersonName::parse);
    let last_name = form.patch("lastName", PersonName::parse);
    form.finish(Some(ProfilePatch {
        username,
        first_name,
        last_name,
    }))
}

fn read_password(request: &Request) -> Result<Password, Error> {
    let mut form = request.form()?;
    let password = form.required("password", Password::read);
    form.finish(password)
}

fn read_query(request: &Request) -> Result<PageQuery, Error> {
    let mut form = request.query_form();
    let limit = page_size(&mut form);
    let cursor = cursor(&mut form);
    form.finish(Some(PageQuery { limit, cursor }))
}

fn read_cursor(request: &Request) -> Result<Option<String>, Error> {
    let mut form = request.query_form();
    let cursor = cursor(&mut form);
    form.finish(Some(cursor))
}
