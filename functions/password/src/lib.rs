//! New passwords. `POST me/password` takes the current one. `POST password/forgot` mails a link
//! in its place, and `POST password/reset` takes that link.

mod change_password;
mod forgot_password;
mod native;
mod new_password_rules;
mod reset_password;

use shared::{
    http::{Method, Router},
    native::NATIVE,
};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE)
        .that_hashes()
        .auth(
            "/me/password",
            &[(Method::POST, |context, request| {
                Box::pin(native::change_password(context, request))
            })],
        )
        .auth(
            "/password/forgot",
            &[(Method::POST, |context, request| {
                Box::pin(native::forgot_password(context, request))
            })],
        )
        .auth(
            "/password/reset",
            &[(Method::POST, |context, request| {
                Box::pin(native::reset_password(context, request))
            })],
        )
}
