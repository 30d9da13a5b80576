//! The caseless form of a text. Two texts with equal forms count as the same.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// NFKC and full case folding: equal for texts that differ only in case or compatible characters.
#[must_use]
pub fn caseless_form(text: &str) -> String {
    // Most text is ASCII, and this is a hundred times as fast.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc()
        // The standard library's tables are newer than the folding table: lower-casing first
        // covers letters that the latter does not know yet.
        .flat_map(char::to_lowercase)
        .default_case_fold()
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_compatible_characters_are_evened_out() {
        for (one, other) in [
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ｒｏｏｔ", "Root"),
            ("\u{212A}elvin", "kelvin"),
            ("ᾳ\u{301}", "Α\u{301}\u{345}"),
            ("e\u{301}", "É"),
            ("\u{A7CE}", "\u{A7CF}"),
        ] {
            assert_eq!(caseless_form(one), caseless_form(other), "{one} {other}");
        }
    }

    #[test]
    fn every_character_alone_and_marked_has_a_stable_form() {
        for marked in ["", "\u{301}", "\u{345}\u{301}"] {
            for character in ('\0'..='\u{1FFFF}').chain('\u{2F800}'..='\u{2FA1F}') {
                let form = caseless_form(&format!("{character}{marked}"));
                assert_eq!(caseless_form(&form), form, "{character:?} {marked:?}");
            }
        }
    }

    #[test]
    fn plain_text_has_the_form_that_all_text_has() {
        for character in '\0'..='\x7f' {
            // The fox makes the text non-ASCII.
            let long_way = caseless_form(&format!("{character}🦊"));
            assert_eq!(
                format!("{}🦊", caseless_form(&character.to_string())),
                long_way
            );
        }
    }

    proptest! {
        #[test]
        fn form_is_idempotent(text in any::<String>()) {
            let form = caseless_form(&text);
            prop_assert_eq!(caseless_form(&form), form);
        }

        #[test]
        fn form_of_marked_letters_is_idempotent(text in "[a-zA-ZΑ-ωἀ-ῼ\u{300}-\u{345}ﬀ-ﬗ]{0,12}") {
            let form = caseless_form(&text);
            prop_assert_eq!(caseless_form(&form), form);
        }
    }
}
