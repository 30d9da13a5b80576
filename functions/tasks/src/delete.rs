//! `DELETE tasks/{id}`: 204, and 404 the second time.

use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, owner_for_change},
    store::{Outcome, Write},
};

use crate::{etag, item, task};

pub(crate) async fn delete(app: &App, request: &Request) -> Result<Answer, Error> {
    let owner = owner_for_change(app, request).await?;
    let mut form = request.query_form();
    let wanted = etag::if_match(request, &mut form);
    let wanted = form.finish(wanted)?;
    let key = item::key(owner.account.id, task::id_of(request)?);

    let (condition, values) = item::version_condition(&wanted);
    // A transaction, so that a repeat after a lost answer is not a 404.
    let delete = values
        .into_iter()
        .fold(
            Write::delete(key).when(condition),
            |write, (name, value)| write.with(&name, value),
        )
        .returning_old();
    match app.store.transact(vec![delete]).await? {
        Outcome::Committed => Ok(Answer::without_body(StatusCode::NO_CONTENT)),
        Outcome::Refused(refusals) if refusals.iter().any(|refusal| refusal.old.is_some()) => {
            Err(Error::PreconditionFailed)
        }
        Outcome::Refused(_) => Err(Error::NotFound),
    }
}
