//! `PATCH tasks/{id}`: a merge patch. Absent is kept, null goes back to the default.

use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, owner_for_change},
};

use crate::{
    changes::Changes,
    etag::{self, Wanted},
    item, task,
};

pub(crate) async fn patch(app: &App, request: &Request) -> Result<Answer, Error> {
    let owner = owner_for_change(app, request).await?;
    let mut form = request.form()?;
    let changes = Changes::of_patch(&mut form);
    let wanted = etag::if_match(request, &mut form);
    let wanted = form.finish(wanted)?;
    let (user_id, id) = (owner.account.id, task::id_of(request)?);
    if changes.is_empty() {
        let task = item::find(&app.store, user_id, id).await?;
        return match wanted {
            Wanted::OneOf(versions) if !versions.contains(&task.version) => {
                Err(Error::PreconditionFailed)
            }
            _ => Ok(task.answer(StatusCode::OK)),
        };
    }
    let write = app.entropy.uuid()?;
    let now = app.clock.now();
    let task = item::change(&app.store, (user_id, id), changes, &wanted, write, now).await?;
    Ok(task.answer(StatusCode::OK))
}
