//! `email/…` and `me/email`: verification and change of the e-mail.

use shared::{http::Router, native::NATIVE};

#[must_use]
pub fn router() -> Router {
    Router::new(NATIVE).that_hashes()
}
