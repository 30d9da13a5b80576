//! Compares a password with a stored hash, only as often as the limits allow.

use futures_util::future::join;

use crate::{
    App, Error,
    account::{Comparison, Password},
    store::Attempt,
};

/// The attempt has been counted before: nothing is hashed without one. The time is the same whether
/// or not there is a stored hash.
pub async fn verify_password(
    app: &App,
    attempt: &Attempt,
    password: &Password,
    stored: Option<&str>,
) -> Result<Comparison, Error> {
    let hashing = app.hasher.compare(password, stored);
    let (comparison, dropped) = join(hashing, app.store.drop_expired_failures(attempt)).await;
    dropped?;
    comparison
}
