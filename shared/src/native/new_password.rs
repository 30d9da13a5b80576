//! Reads a new password. A bad length is named among the bad fields where others are bad as well.
//! Alone it is `WeakPassword`, like every other weakness.

use crate::{Error, Weakness, account::Password, http::Form};

#[derive(Debug)]
pub struct NewPasswordField {
    name: &'static str,
    weakness: Option<Weakness>,
}

impl NewPasswordField {
    /// Returns the password, if its length is allowed.
    pub fn read(
        form: &mut Form,
        name: &'static str,
        min_length: usize,
    ) -> (Self, Option<Password>) {
        let mut weakness = None;
        let password = form.required(name, |typed| {
            Password::of_allowed_length(typed, min_length).map_err(|weak| {
                weakness = Some(weak);
                weak.advice()
            })
        });
        (Self { name, weakness }, password)
    }

    /// Finishes the form that the password was read from.
    pub fn finish<T>(self, form: Form, built: Option<T>) -> Result<T, Error> {
        match (form.finish(built), self.weakness) {
            (Err(Error::ValidationFailed(fields)), Some(weakness)) if fields.len() == 1 => {
                Err(Error::WeakPassword {
                    field: self.name,
                    weakness,
                })
            }
            (outcome, _) => outcome,
        }
    }
}
