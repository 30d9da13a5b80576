//! The task calls in our own dialect.

mod body;
mod headers;
mod query;

use http::header;
use shared::{
    Context, Error,
    http::{Form, Page, Request, Response, StatusCode, authenticate_change, require_path_of},
    session::Identity,
};
use uuid::Uuid;

use crate::{
    change::change_task,
    create::create_task,
    delete::delete_task,
    etag::{self, IfMatch},
    list::list_tasks,
    read::read_task,
    task::Task,
    task_patch::TaskPatch,
};

/// `GET tasks`: a page of the list.
pub(crate) async fn list(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let query =
        require_path_of(identity.claims.user_id, request).and_then(|()| query::read(request));
    let page = list_tasks(context, identity, query).await?;
    Response::json(
        StatusCode::OK,
        &Page {
            items: page.tasks,
            next_cursor: page.next_cursor,
        },
    )
}

/// `POST tasks`: a new task, once however often the request arrives.
pub(crate) async fn create(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let user_id = authenticate_owner(context, request).await?;
    let mut form = request.form()?;
    let task = body::whole_task(&mut form);
    let key = headers::idempotency_key(request, &mut form);
    form.finish(Some(()))?;
    let task = create_task(context, user_id, task, key).await?;
    let location = format!("/api/{}/tasks/{}", task.user_id, task.id);
    let response = with_etag(StatusCode::CREATED, &task)?;
    Ok(response.with_header(header::LOCATION, location))
}

/// `GET tasks/{id}`: one task, or 304 if the caller has it already.
pub(crate) async fn read(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let identity = Identity::from_headers(context.app, request.headers())?;
    let id = require_path_of(identity.claims.user_id, request)
        .and_then(|()| request.refuse_parameters())
        .and_then(|()| task_id(request));
    let task = read_task(context, identity, id).await?;
    if headers::has_current_version(request, task.version) {
        return Ok(Response::empty(StatusCode::NOT_MODIFIED)
            .with_header(header::ETAG, etag::of(task.version)));
    }
    with_etag(StatusCode::OK, &task)
}

/// `PUT tasks/{id}`: replaces all writable fields. It never creates.
pub(crate) async fn replace(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    change(context, request, body::whole_task).await
}

/// `PATCH tasks/{id}`: a merge patch. Absent is kept, null goes back to the default.
pub(crate) async fn patch(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    change(context, request, body::task_patch).await
}

/// `DELETE tasks/{id}`: 204, and 404 the second time.
pub(crate) async fn delete(context: Context<'_>, request: &Request) -> Result<Response, Error> {
    let user_id = authenticate_owner(context, request).await?;
    let if_match = finish_with_if_match(request, request.query_form())?;
    delete_task(context, user_id, task_id(request)?, &if_match).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

async fn change(
    context: Context<'_>,
    request: &Request,
    read: fn(&mut Form) -> TaskPatch,
) -> Result<Response, Error> {
    let user_id = authenticate_owner(context, request).await?;
    let mut form = request.form()?;
    let patch = read(&mut form);
    let if_match = finish_with_if_match(request, form)?;
    let task = change_task(context, user_id, task_id(request)?, patch, &if_match).await?;
    with_etag(StatusCode::OK, &task)
}

async fn authenticate_owner(context: Context<'_>, request: &Request) -> Result<Uuid, Error> {
    let caller = authenticate_change(context, request).await?;
    require_path_of(caller.account.id, request)?;
    Ok(caller.account.id)
}

fn finish_with_if_match(request: &Request, mut form: Form) -> Result<IfMatch, Error> {
    let if_match = headers::if_match(request, &mut form);
    form.finish(if_match)
}

/// An invalid id is the id of no task.
fn task_id(request: &Request) -> Result<Uuid, Error> {
    request
        .parameter("id")
        .and_then(|id| {
            Uuid::try_parse(id)
                .ok()
                .filter(|uuid| uuid.to_string() == id)
        })
        .ok_or(Error::NotFound)
}

fn with_etag(status: StatusCode, task: &Task) -> Result<Response, Error> {
    let response = Response::json(status, task)?;
    Ok(response.with_header(header::ETAG, etag::of(task.version)))
}
