//! Why a command did not do what it was asked for.

use std::fmt;

use shared::Error;

/// One sentence that tells the person at the terminal what to do.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Errors of the store and of the product's acts. Those that a command expects have sentences of its own.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(match &error {
            Error::Conflict => {
                "something else changed the account at this moment; nothing was changed, try again"
                    .to_owned()
            }
            _ => {
                let cause = error.cause().unwrap_or(error.code().as_str());
                format!("{cause}; try again, what was done already is not done twice")
            }
        })
    }
}
