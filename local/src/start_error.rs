//! The error of a local server that cannot start: one sentence, printed to the developer.

use std::fmt;

/// Says what is wrong and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(String);

impl StartError {
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        // A message of a library may span lines or end in a full stop.
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
    fn it_prints_one_line_with_one_full_stop() {
        assert_eq!(StartError::new("no\n  table.").to_string(), "no table.");
    }
}
