//! Which words does an attacker who knows the user try?

use std::fmt;

use super::email::Email;
use super::name::PersonName;
use super::username::Username;
use crate::caseless_form;

/// The e-mail address, its local part, the username and the names, in caseless form.
pub struct PersonalWords(Vec<String>);

impl PersonalWords {
    #[must_use]
    pub fn of(email: Option<&Email>, username: Option<&Username>, names: &[&PersonName]) -> Self {
        let of_email = email.map(|email| [email.shown(), email.normal(), email.local_part()]);
        let words = of_email
            .into_iter()
            .flatten()
            .chain(username.map(Username::shown))
            .chain(names.iter().map(|name| name.as_str()));
        Self(words.map(caseless_form).collect())
    }

    /// Compared whole; expects a caseless form.
    pub(super) fn hold(&self, caseless: &str) -> bool {
        self.0.iter().any(|word| word == caseless)
    }
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
}
