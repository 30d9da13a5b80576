//! First and last names of a person.

use std::fmt;

use super::hidden_characters::{disturbs_layout, is_hidden};

const MAX_CHARACTERS: usize = 50;

const EMPTY: &str = "Enter a name, or leave the field out.";
const TOO_LONG: &str = "Enter a name of at most 50 characters.";
const DISTURBING: &str = "Remove the control and text-direction characters from the name.";

/// A name as its owner writes it, but for outer blanks.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let name = typed.trim();
        if name.chars().nth(MAX_CHARACTERS).is_some() {
            return Err(TOO_LONG);
        }
        if name.chars().any(|c| c.is_control() || disturbs_layout(c)) {
            return Err(DISTURBING);
        }
        if name.chars().all(|c| c.is_whitespace() || is_hidden(c)) {
            return Err(EMPTY);
        }
        Ok(Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_kept_as_given() {
        let longest = "é".repeat(50);
        for typed in [
            "Jane",
            "O'Brien-Smith",
            "Anna  Maria",
            "e\u{301}",
            "山田 太郎",
            "X Æ A-12",
            "🦊",
            "علی\u{200C}رضا",
            "שרה\u{200F}",
            "jane@example.com",
            "<b>",
            "null",
            &longest,
        ] {
            let name = PersonName::parse(&format!(" {typed}\u{3000}")).unwrap();
            assert_eq!(name.as_str(), typed);
            assert_eq!(format!("{name:?}"), "PersonName(..)");
        }
    }

    #[test]
    fn empty_long_and_disturbing_names_are_refused() {
        let too_long = "é".repeat(51);
        for (typed, why) in [
            ("", EMPTY),
            (" \t\n\u{A0}", EMPTY),
            ("\u{200B}\u{200D}", EMPTY),
            (&too_long, TOO_LONG),
            ("a\0b", DISTURBING),
            ("a\nb", DISTURBING),
            ("a\tb", DISTURBING),
            ("a\u{7F}b", DISTURBING),
            ("a\u{9B}b", DISTURBING),
            ("a\u{2028}b", DISTURBING),
            ("a\u{202E}b", DISTURBING),
            ("a\u{2066}b", DISTURBING),
        ] {
            assert_eq!(PersonName::parse(typed).unwrap_err(), why, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_within_the_rules(typed in any::<String>()) {
            if let Ok(name) = PersonName::parse(&typed) {
                prop_assert_eq!(name.as_str(), typed.trim());
                prop_assert!((1..=50).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().chars().any(|c| c.is_control() || disturbs_layout(c)));
            }
        }

        #[test]
        fn what_is_accepted_is_accepted_again(typed in "[\\PC \u{200c}-\u{200f}]{0,60}") {
            if let Ok(name) = PersonName::parse(&typed) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn letters_of_any_script_are_a_name(typed in "\\pL[\\pL'’. -]{0,48}\\pL") {
            // A few letters show nothing at all, and may still stand beside others.
            prop_assume!(typed.chars().any(|c| c.is_alphabetic() && !is_hidden(c)));
            let name = PersonName::parse(&typed).unwrap();
            prop_assert_eq!(name.as_str(), typed);
        }
    }
}
