//! Usernames, and the form that decides their uniqueness.

use std::fmt;

use unicode_normalization::char::{is_combining_mark, is_public_assigned};
use unicode_security::{RestrictionLevel, RestrictionLevelDetection};

use super::hidden_characters::is_hidden;
use crate::caseless_form;

const MAX_CHARACTERS: usize = 50;
/// The normal form is a database key, and a single character can become eighteen in it.
const MAX_NORMAL_OCTETS: usize = 200;
const RESERVED: [&str; 6] = ["admin", "root", "me", "null", "system", "support"];
const RANDOM_PREFIX: &str = "user_";

const EMPTY: &str = "Enter a username of 1 to 50 characters.";
const TOO_LONG: &str = "Choose a username of at most 50 characters.";
const AT_SIGN: &str =
    "Choose a username without an @ sign, so that it cannot be taken for an e-mail address.";
const UNREADABLE: &str =
    "Choose a username of visible characters; single plain spaces may stand between them.";
const EXPANDS: &str = "Choose a username with fewer ligatures and compound symbols.";
const MIXES_SCRIPTS: &str =
    "Choose a username in the letters of one script, since those of another can look the same.";
const IS_RESERVED: &str = "This username is reserved. Choose another one.";

/// A readable name, as typed and in the form that decides uniqueness.
#[derive(Clone)]
pub struct Username {
    shown: String,
    normal: String,
}

impl Username {
    /// Reads a name that somebody wants to have. Stricter than [`Self::parse`]: names that were chosen
    /// under an older rule can still be looked up.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn choose(typed: &str) -> Result<Self, &'static str> {
        let username = Self::parse(typed)?;
        if looks_reserved(&username) {
            return Err(IS_RESERVED);
        }
        if !is_highly_restrictive(&username.normal) {
            return Err(MIXES_SCRIPTS);
        }
        Ok(username)
    }

    /// Reads a name that is to be looked up.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let shown = typed.trim();
        if shown.is_empty() {
            return Err(EMPTY);
        }
        if shown.chars().nth(MAX_CHARACTERS).is_some() {
            return Err(TOO_LONG);
        }
        let normal = caseless_form(shown);
        // Both forms: a compatible character may become an @ or a blank only in the normal one.
        for form in [shown, &normal] {
            if form.contains('@') {
                return Err(AT_SIGN);
            }
            if !is_readable(form) {
                return Err(UNREADABLE);
            }
        }
        if normal.len() > MAX_NORMAL_OCTETS {
            return Err(EXPANDS);
        }
        if RESERVED.contains(&normal.as_str()) {
            return Err(IS_RESERVED);
        }
        Ok(Self {
            shown: shown.to_owned(),
            normal,
        })
    }

    /// A name for somebody who chose none; it holds all 128 bits.
    #[must_use]
    pub fn random(entropy: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(entropy);
        let digits = (0..u128::BITS)
            .step_by(5)
            .filter_map(|shift| char::from_digit(u32::try_from((bits >> shift) & 31).ok()?, 32));
        let shown: String = RANDOM_PREFIX.chars().chain(digits).collect();
        Self {
            normal: shown.clone(),
            shown,
        }
    }

    /// As typed, but for outer blanks.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Equal for two names that count as the same.
    #[must_use]
    pub fn normal(&self) -> &str {
        &self.normal
    }
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Username(..)")
    }
}

/// Compares with the reserved names by their look. A name of one script can only imitate them by Latin
/// letters and digits, so these few suffice: the whole table of confusable characters
/// (<https://www.unicode.org/reports/tr39/#Confusable_Detection>) would add 300 KiB to `me`.
fn looks_reserved(username: &Username) -> bool {
    let look = |text: &str| -> String {
        text.replace("rn", "m")
            .chars()
            .map(|c| match c {
                '0' => 'o',
                '1' | 'i' | '|' | 'ı' => 'l',
                other => other,
            })
            .collect()
    };
    let normal = look(&username.normal);
    RESERVED.iter().any(|reserved| look(reserved) == normal)
}

/// One script, or Latin with those that Chinese, Japanese and Korean are written in
/// (<https://www.unicode.org/reports/tr39/#Restriction_Level_Detection>). The standard's profile has no
/// blanks, signs and emoji; usernames may have them, and they belong to no script.
fn is_highly_restrictive(normal: &str) -> bool {
    let letters: String = normal
        .chars()
        .filter(|c| c.is_alphanumeric() || is_combining_mark(*c))
        .collect();
    letters.check_restriction_level(RestrictionLevel::HighlyRestrictive)
}

fn is_readable(text: &str) -> bool {
    // A leading mark would join whatever is printed before the name.
    !text.starts_with(is_combining_mark)
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && text.chars().all(is_allowed)
}

fn is_allowed(character: char) -> bool {
    // Unassigned characters could change their normal form when Unicode assigns them.
    is_public_assigned(character)
        && !is_hidden(character)
        && (character == ' ' || !character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepted_names_have_one_normal_form() {
        let longest = "ж".repeat(50);
        for (typed, normal) in [
            ("Jane", "jane"),
            ("  jane \n", "jane"),
            ("Jane Doe", "jane doe"),
            ("j", "j"),
            ("Straße", "strasse"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("ｊａｎｅ", "jane"),
            ("e\u{301}", "é"),
            ("山田", "山田"),
            ("🦊.fox-1_~", "🦊.fox-1_~"),
            ("administrator", "administrator"),
            (&longest, &longest),
        ] {
            let username = Username::parse(typed).unwrap();
            assert_eq!(username.normal(), normal, "{typed}");
            assert_eq!(username.shown(), typed.trim());
        }
    }

    #[test]
    fn what_cannot_be_read_or_told_apart_is_refused() {
        let too_long = "a".repeat(51);
        let expanding = "\u{FDFA}".repeat(50);
        for (typed, why) in [
            ("", EMPTY),
            (" \t\u{3000} ", EMPTY),
            (&too_long, TOO_LONG),
            (&expanding, EXPANDS),
            ("a@b", AT_SIGN),
            ("a＠b", AT_SIGN),
            ("a﹫b", AT_SIGN),
            ("a\0b", UNREADABLE),
            ("a\tb", UNREADABLE),
            ("a\u{85}b", UNREADABLE),
            ("a  b", UNREADABLE),
            ("a\u{A0}b", UNREADABLE),
            ("a\u{3000}b", UNREADABLE),
            ("a\u{200B}b", UNREADABLE),
            ("a\u{200D}b", UNREADABLE),
            ("a\u{202E}b", UNREADABLE),
            ("a\u{2067}b", UNREADABLE),
            ("\u{FEFF}a", UNREADABLE),
            ("\u{3164}", UNREADABLE),
            ("❤\u{FE0F}", UNREADABLE),
            ("\u{301}a", UNREADABLE),
            ("´a", UNREADABLE),
            ("\u{E000}", UNREADABLE),
            ("\u{378}", UNREADABLE),
            ("\u{FFFF}", UNREADABLE),
        ] {
            assert_eq!(Username::parse(typed).unwrap_err(), why, "{typed:?}");
        }
    }

    #[test]
    fn reserved_names_are_refused_in_every_guise() {
        for typed in [
            "admin",
            "ADMIN",
            " Root ",
            "ｒｏｏｔ",
            "me",
            "Null",
            "ſystem",
            "𝐬𝐮𝐩𝐩𝐨𝐫𝐭",
        ] {
            assert_eq!(Username::parse(typed).unwrap_err(), IS_RESERVED, "{typed}");
        }
    }

    #[test]
    fn a_chosen_name_mixes_no_scripts_that_look_alike() {
        for typed in [
            "Jane Doe",
            "Straße-7",
            "ΣΊΣΥΦΟΣ",
            "Анна 2",
            "Љубица",
            "山田",
            "山田たろう",
            "Sony ソニー",
            "김철수 kim",
            "漢字abc",
            "علی",
            "देवी",
            "Nguyễn Văn",
            "🦊.fox-1_~",
            "🦊",
            "２０００",
            "administrator",
            "e\u{301}",
        ] {
            assert!(Username::choose(typed).is_ok(), "{typed}");
        }
        for typed in [
            "\u{430}nna",
            "jоhn",
            "pаypal",
            "αbc",
            "Анna",
            "ᏚᎳabc",
            "ⲁⲃⲅ",
        ] {
            assert_eq!(
                Username::choose(typed).unwrap_err(),
                MIXES_SCRIPTS,
                "{typed}"
            );
            assert!(Username::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn nobody_chooses_a_name_that_looks_reserved() {
        for typed in [
            "admin",
            "adrnin",
            "ADMlN",
            "adm\u{131}n",
            "r00t",
            "nuII",
            "nul1",
        ] {
            assert_eq!(Username::choose(typed).unwrap_err(), IS_RESERVED, "{typed}");
        }
        for typed in ["\u{430}dmin", "ѕуѕtem", "mе", "ѕuрроrt"] {
            let wrong = Username::choose(typed).unwrap_err();
            assert_eq!(wrong, MIXES_SCRIPTS, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_chosen_name_is_read_alike_when_it_is_looked_up(typed in "[\\pL\\pM\\pN ]{1,6}") {
            if let Ok(chosen) = Username::choose(&typed) {
                let found = Username::parse(&typed).unwrap();
                prop_assert_eq!(chosen.normal(), found.normal());
            }
        }

        #[test]
        fn any_other_plain_name_may_be_chosen(typed in "[a-z0-9._-]{7,25}") {
            prop_assume!(!typed.contains("rn"));
            prop_assert!(Username::choose(&typed).is_ok() || typed.starts_with("supp"));
        }

        #[test]
        fn random_names_may_be_chosen(bytes in any::<[u8; 16]>()) {
            prop_assert!(Username::choose(Username::random(bytes).shown()).is_ok());
        }

        #[test]
        fn any_text_is_answered_within_the_rules(typed in any::<String>()) {
            if let Ok(username) = Username::parse(&typed) {
                prop_assert!((1..=50).contains(&username.shown().chars().count()));
                prop_assert!(username.normal().len() <= 200);
                for form in [username.shown(), username.normal()] {
                    prop_assert!(!form.contains('@') && !form.chars().any(is_hidden));
                    prop_assert_eq!(form, form.trim());
                }
            }
        }

        #[test]
        fn normal_form_is_idempotent(typed in "[\\pL\\pM\\pN\\pP\\pS ]{1,20}") {
            if let Ok(username) = Username::parse(&typed)
                && let Ok(again) = Username::parse(username.normal())
            {
                prop_assert_eq!(again.normal(), username.normal());
            }
        }

        #[test]
        fn case_does_not_matter(typed in "[a-zA-Zà-öÀ-Öа-яА-Яα-ωΑ-Ρß0-9]{1,20}") {
            let typed = Username::parse(&format!("x{typed}")).unwrap();
            for cased in [typed.shown().to_uppercase(), typed.shown().to_lowercase()] {
                let cased = Username::parse(&cased).unwrap();
                prop_assert_eq!(cased.normal(), typed.normal());
            }
        }

        #[test]
        fn random_names_keep_all_their_bits(one in any::<[u8; 16]>(), bit in 0_usize..128) {
            let mut other = one;
            other[bit / 8] ^= 1 << (bit % 8);
            let name = Username::random(one);
            let other = Username::random(other);
            prop_assert_ne!(name.normal(), other.normal());
            prop_assert_eq!(name.shown().len(), 31);
            let parsed = Username::parse(name.shown()).unwrap();
            prop_assert_eq!(parsed.normal(), name.normal());
        }

        #[test]
        fn plain_names_are_accepted_as_typed(typed in "[a-zA-Z0-9._-]{2,25}( [a-zA-Z0-9а-яА-Я]{2,20}){0,1}") {
            prop_assume!(!RESERVED.contains(&typed.to_lowercase().as_str()));
            let username = Username::parse(&format!("\t{typed} ")).unwrap();
            prop_assert_eq!(username.shown(), typed);
        }

        #[test]
        fn a_hidden_character_anywhere_is_refused(
            before in "[a-z]{1,5}",
            hidden in any::<char>().prop_filter("hidden", |c| is_hidden(*c)),
            after in "[a-z]{1,5}",
        ) {
            let typed = format!("{before}{hidden}{after}");
            prop_assert_eq!(Username::parse(&typed).unwrap_err(), UNREADABLE);
        }
    }
}
