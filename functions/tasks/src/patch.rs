//! `PATCH tasks/{id}`: a merge patch. Absent is kept, null goes back to the default.

use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, owner_for_change},
};

use crate::{changes::Changes, etag, item, task};

pub(crate) async fn patch(app: &App, request: &Request) -> Result<Answer, Error> {
    let owner = owner_for_change(app, request).await?;
    let mut form = request.form()?;
    let changes = Changes::of_patch(&mut form);
    let wanted = etag::if_match(request, &mut form);
    let wanted = form.finish(wanted)?;
    let (user_id, id) = (owner.account.id, task::id_of(request)?);
    if changes.is_empty() {
        let found = app.store.find(item::key(user_id, id)).await?;
        let task = item::read(found.ok_or(Error::NotFound)?)?;
        return if wanted.includes(task.version) {
            task.answer(StatusCode::OK)
        } else {
            Err(Error::PreconditionFailed)
        };
    }
    let task = item::change(app, (user_id, id), changes, &wanted).await?;
    task.answer(StatusCode::OK)
}
