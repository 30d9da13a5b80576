//! Why the local server will not start: one sentence for the person who typed the command.

use std::fmt;

/// A sentence that says what is wrong and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(String);

impl StartError {
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        // Messages of libraries may span lines or end in a full stop; the promise is one sentence.
        let sentence = sentence.into();
        let words: Vec<&str> = sentence.split_whitespace().collect();
        Self(words.join(" ").trim_end_matches('.').to_owned())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.0)
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_line_with_one_full_stop() {
        assert_eq!(StartError::new("no\n  table.").to_string(), "no table.");
    }
}
