//! `GET me`: the user, and the session of this token.

use shared::{
    App, Error,
    http::{Answer, Request, StatusCode, Success, caller_for_read},
};

pub(crate) async fn show(app: &App, request: &Request) -> Result<Answer, Error> {
    let caller = caller_for_read(app, request).await?;
    request.refuse_parameters()?;
    Success::new(StatusCode::OK)
        .with_user(&caller.account)
        .with_session(&caller.claims)
        .answer()
}
