//! `PUT tasks/{id}`: all writable fields anew. It never creates.

use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, owner_for_change},
};

use crate::{changes::Changes, etag, item, task};

pub(crate) async fn replace(app: &App, request: &Request) -> Result<Answer, Error> {
    let owner = owner_for_change(app, request).await?;
    let mut form = request.form()?;
    let changes = Changes::of_whole(&mut form);
    let wanted = etag::if_match(request, &mut form);
    let wanted = form.finish(wanted)?;
    let place = (owner.account.id, task::id_of(request)?);
    let task = item::change(app, place, changes, &wanted).await?;
    task.answer(StatusCode::OK)
}
