//! Which words does an attacker who knows the user try?

use std::fmt;

use super::super::{email::Email, name::PersonName, username::Username};
use crate::caseless_form;

/// The e-mail address, its local part, the username and the names, and the words that they consist
/// of; all in caseless form.
pub struct PersonalWords {
    whole: Vec<String>,
    parts: Vec<String>,
}

impl PersonalWords {
    #[must_use]
    pub fn of(email: Option<&Email>, username: Option<&Username>, names: &[&PersonName]) -> Self {
        let of_email = email.map(|email| [email.shown(), email.normal(), email.local_part()]);
        let words = of_email
            .into_iter()
            .flatten()
            .chain(username.map(Username::shown))
            .chain(names.iter().map(|name| name.as_str()));
        let whole: Vec<String> = words.map(caseless_form).collect();
        // The last label of a domain is nobody's own.
        let address = email.map(|email| caseless_form(email.shown()));
        let address = address
            .as_deref()
            .and_then(|address| address.rsplit_once('.'));
        let address = address.map(|(before, _)| before);
        let outside_domains = whole.iter().filter(|word| !word.contains('@'));
        let mut parts: Vec<String> = outside_domains
            .flat_map(|word| {
                let squeezed: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
                [word.clone(), squeezed].into_iter().chain(split(word))
            })
            .chain(address.into_iter().flat_map(split))
            .filter(|part| is_telling(part))
            .collect();
        parts.sort_unstable();
        parts.dedup();
        Self { whole, parts }
    }

    /// Compares whole words. Expects a caseless form.
    pub(super) fn hold(&self, caseless: &str) -> bool {
        self.whole.iter().any(|word| word == caseless)
    }

    /// The words that may stand in a password beside other things.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str)
    }
}

fn split(word: &str) -> impl Iterator<Item = String> + '_ {
    word.split(|c: char| !c.is_alphanumeric())
        .map(str::to_owned)
}

/// Two ASCII letters stand in many words; a name of two characters of another script is a name.
fn is_telling(part: &str) -> bool {
    part.len() >= 3 && part.chars().nth(1).is_some()
}

impl fmt::Debug for PersonalWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalWords(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_held_whole_and_never_shown() {
        let email = Email::parse("Jane@Müller.example").unwrap();
        let words = PersonalWords::of(Some(&email), None, &[]);
        for word in ["jane@müller.example", "jane@xn--mller-kva.example", "jane"] {
            assert!(words.hold(word), "{word}");
        }
        for word in ["", "jan", "janes", "müller.example"] {
            assert!(!words.hold(word), "{word}");
        }
        assert_eq!(format!("{words:?}"), "PersonalWords(..)");
    }

    #[test]
    fn parts_are_the_words_inside_and_none_that_tells_nothing() {
        let email = Email::parse("j.o.doe-2@mail.Müller.example").unwrap();
        let username = Username::parse("李明 Li").unwrap();
        let name = PersonName::parse("Anna-Sophie").unwrap();
        let words = PersonalWords::of(Some(&email), Some(&username), &[&name]);
        let parts: Vec<&str> = words.parts().collect();
        for part in [
            "j.o.doe-2",
            "jodoe2",
            "doe",
            "anna-sophie",
            "annasophie",
            "sophie",
            "李明",
        ] {
            assert!(parts.contains(&part), "{part}: {parts:?}");
        }
        for other in ["j", "o", "2", "li", "example"] {
            assert!(!parts.contains(&other), "{other}");
        }
    }
}
