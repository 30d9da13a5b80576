//! Why a command did not do what it was asked for.

use std::fmt;

use shared::Error;

#[derive(Debug)]
pub enum Failure {
    /// One sentence that tells the person at the terminal what to do.
    Sentence(String),
    /// The account changed since it was read. Nothing was written.
    Conflict,
    /// The person said no.
    Declined,
}

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::Sentence(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sentence(sentence) => write!(f, "error: {sentence}"),
            Self::Conflict => f.write_str(
                "error: others keep changing the account; nothing was changed, try again",
            ),
            Self::Declined => f.write_str("Nothing was changed."),
        }
    }
}

/// Errors of the store and of the product's acts. Those that a command expects have sentences of its own.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Conflict) {
            return Self::Conflict;
        }
        let cause = error.cause().unwrap_or(error.code().as_str());
        Self::new(format!(
            "{cause}; check rights and network, and give the command again"
        ))
    }
}
