//! Reads which account is meant: `email` or `username`, exactly one of them.

use crate::{
    account::{Email, Identifier, Username},
    http::Form,
};

pub fn read_identifier(form: &mut Form) -> Option<Identifier> {
    if form.has("email") == form.has("username") {
        let wrong = "Give exactly one of email and username.";
        form.refuse("email", wrong);
        form.refuse("username", wrong);
    }
    let email = form.optional("email", Email::parse).map(Identifier::Email);
    let username = form
        .optional("username", Username::parse)
        .map(Identifier::Username);
    email.or(username)
}
