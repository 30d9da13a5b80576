//! A password as it was typed, in NFC.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::Weakness;

const MAX_CHARACTERS: usize = 100;

const EMPTY: &str = "Enter a password.";
const TOO_LONG: &str = "Use a password of at most 100 characters.";

/// A password in NFC, so that every keyboard gives the same one. Nothing else is changed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Reads a password that is to be compared with the current one.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn read(typed: &str) -> Result<Self, &'static str> {
        let (composed, length) = compose(typed);
        match length {
            0 => Err(EMPTY),
            1..=MAX_CHARACTERS => Ok(Self(composed)),
            _ => Err(TOO_LONG),
        }
    }

    /// Reads a password that is to be chosen. A bad length is known before anything else of the request.
    pub fn of_allowed_length(typed: &str, min: usize) -> Result<Self, Weakness> {
        let (composed, length) = compose(typed);
        if length > MAX_CHARACTERS {
            Err(Weakness::TooLong {
                max: MAX_CHARACTERS,
            })
        } else if length < min.max(1) {
            Err(Weakness::TooShort { min })
        } else {
            Ok(Self(composed))
        }
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The NFC form with its length in characters. A form that is too long is cut after one character
/// too many.
fn compose(typed: &str) -> (String, usize) {
    let composed: String = typed.nfc().take(MAX_CHARACTERS + 1).collect();
    let length = composed.chars().count();
    (composed, length)
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
    fn a_new_password_has_an_allowed_length() {
        let refused = |typed: &str, min| Password::of_allowed_length(typed, min).unwrap_err();
        assert_eq!(refused("", 8), Weakness::TooShort { min: 8 });
        assert_eq!(refused("", 0), Weakness::TooShort { min: 0 });
        assert_eq!(refused("1234567", 8), Weakness::TooShort { min: 8 });
        assert_eq!(
            refused(&"e\u{301}".repeat(7), 8),
            Weakness::TooShort { min: 8 }
        );
        assert_eq!(refused(&"a".repeat(101), 8), Weakness::TooLong { max: 100 });
        assert_eq!(
            refused(&"a".repeat(60_000), 64),
            Weakness::TooLong { max: 100 }
        );
        for typed in [
            "12345678".to_owned(),
            "e\u{301}".repeat(8),
            "🦊".repeat(100),
        ] {
            let read = Password::read(&typed).unwrap();
            let chosen = Password::of_allowed_length(&typed, 8).unwrap();
            assert_eq!(chosen.as_bytes(), read.as_bytes());
        }
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
                let again = Password::read(password.as_str()).unwrap();
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
                Ok(password) => prop_assert_eq!(password.as_str(), composed),
                Err(why) if typed.is_empty() => prop_assert_eq!(why, EMPTY),
                Err(_) => prop_assert!(composed.chars().count() > MAX_CHARACTERS),
            }
        }
    }
}
