//! What may be given as a password at all?

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::Weakness;

const MAX_CHARACTERS: usize = 100;

const EMPTY: &str = "Enter a password.";
const TOO_LONG: &str = "Use a password of at most 100 characters.";

/// A password in NFC, so that it is the same from every keyboard; nothing else is changed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn read(typed: &str) -> Result<Self, &'static str> {
        let composed: String = typed.nfc().take(MAX_CHARACTERS + 1).collect();
        match composed.chars().count() {
            0 => Err(EMPTY),
            1..=MAX_CHARACTERS => Ok(Self(composed)),
            _ => Err(TOO_LONG),
        }
    }

    pub fn of_allowed_length(typed: &str, min: usize) -> Result<Self, Weakness> {
        match Self::read(typed) {
            Ok(password) if password.0.chars().count() >= min => Ok(password),
            Err(wrong) if wrong == TOO_LONG => Err(Weakness::TooLong),
            _ => Err(Weakness::TooShort { min }),
        }
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn as_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_but_composition_changes_a_password() {
        for (typed, read) in [
            ("x", "x"),
            (" two  blanks ", " two  blanks "),
            ("\0\n\u{202E}", "\0\n\u{202E}"),
            ("e\u{301}", "é"),
            ("ﬁ①", "ﬁ①"),
            ("Ａ", "Ａ"),
        ] {
            assert_eq!(Password::read(typed).unwrap().as_bytes(), read.as_bytes());
        }
    }

    #[test]
    fn length_counts_characters_after_composition() {
        assert!(Password::read(&"e\u{301}".repeat(100)).is_ok());
        assert!(Password::read(&"🦊".repeat(100)).is_ok());
        assert_eq!(
            Password::read(&"e\u{301}".repeat(101)).unwrap_err(),
            TOO_LONG
        );
        assert_eq!(Password::read(&"\u{958}".repeat(51)).unwrap_err(), TOO_LONG);
        assert_eq!(Password::read(&"a".repeat(60_000)).unwrap_err(), TOO_LONG);
        assert_eq!(Password::read("").unwrap_err(), EMPTY);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", Password::read("hunter2").unwrap()),
            "Password(..)"
        );
    }

    proptest! {
        #[test]
        fn reading_is_idempotent(typed in any::<String>()) {
            if let Ok(password) = Password::read(&typed) {
                let again = Password::read(password.as_text()).unwrap();
                prop_assert_eq!(again.as_bytes(), password.as_bytes());
            }
        }

        #[test]
        fn composed_and_decomposed_are_the_same(typed in "[à-öÀ-Ö가-힣a-z]{1,30}") {
            let decomposed: String = typed.nfd().collect();
            let one = Password::read(&typed).unwrap();
            let other = Password::read(&decomposed).unwrap();
            prop_assert_eq!(one.as_bytes(), other.as_bytes());
        }

        #[test]
        fn nothing_is_trimmed_or_cut(typed in any::<String>()) {
            let composed: String = typed.nfc().collect();
            match Password::read(&typed) {
                Ok(password) => prop_assert_eq!(password.as_text(), composed),
                Err(why) if typed.is_empty() => prop_assert_eq!(why, EMPTY),
                Err(_) => prop_assert!(composed.chars().count() > MAX_CHARACTERS),
            }
        }
    }
}
