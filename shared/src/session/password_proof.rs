//! A password is right or wrong; which, is found out only as often as the limits allow.

use futures_util::future::join;

use crate::{
    App, Error,
    account::{Comparison, Password},
    store::Attempt,
};

/// Takes an attempt, which was counted before: nothing is ever hashed without one. Takes the same
/// time whether there is a stored hash or not.
pub async fn prove_password(
    app: &App,
    attempt: &Attempt,
    password: &Password,
    stored: Option<&str>,
) -> Result<Comparison, Error> {
    let hashing = app.hasher.compare(password, stored);
    let (comparison, settled) = join(hashing, app.store.settle(attempt)).await;
    settled?;
    comparison
}
