//! Is a password strong enough to be chosen?

use unicode_normalization::char::is_combining_mark;

use super::common_passwords::is_common;
use super::password::Password;
use super::password_runs::is_run;
use crate::caseless_form;

pub use super::personal_words::PersonalWords;
use crate::Weakness;

const SERVICE_NAME: &str = "latchkey";

/// # Errors
/// The first rule that the password breaks; those with the most precise advice come first.
pub fn check(
    password: &Password,
    personal: &PersonalWords,
    min_length: usize,
) -> Result<(), Weakness> {
    let text = password.as_text();
    if text.chars().count() < min_length {
        return Err(Weakness::TooShort { min: min_length });
    }
    let caseless = caseless_form(text);
    if personal.hold(&caseless) {
        return Err(Weakness::Personal);
    }
    if is_service_name(&caseless) {
        return Err(Weakness::ServiceName);
    }
    if is_one_character(text) || is_one_character(&caseless) {
        return Err(Weakness::Repeated);
    }
    if is_run(&caseless) {
        return Err(Weakness::Run);
    }
    if is_common(&caseless) {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// Repeated to reach a length, the last time perhaps in part, it is still only the name.
fn is_service_name(caseless: &str) -> bool {
    caseless.starts_with(SERVICE_NAME)
        && caseless
            .chars()
            .zip(SERVICE_NAME.chars().cycle())
            .all(|(one, other)| one == other)
}

/// Marks may count as part of the character they stand on.
fn is_one_character(text: &str) -> bool {
    let mut ends = text.char_indices().skip(1);
    let bare = ends.clone().next();
    let marked = ends.find(|(_, character)| !is_combining_mark(*character));
    [bare, marked]
        .into_iter()
        .flatten()
        .any(|(end, _)| repeats_its_start(text, end))
}

fn repeats_its_start(text: &str, end: usize) -> bool {
    // A later character begins at `end`: it is a boundary, and `start` is not empty.
    let (start, rest) = text.split_at(end);
    rest.len().is_multiple_of(start.len()) && rest == start.repeat(rest.len() / start.len())
}

#[cfg(test)]
mod tests {
    use super::super::email::Email;
    use super::super::name::PersonName;
    use super::super::username::Username;
    use super::Weakness::{Common, Personal, Repeated, Run, ServiceName, TooShort};
    use super::*;
    use proptest::prelude::*;

    fn verdict(password: &str) -> Result<(), Weakness> {
        let email = Email::parse("Jane.Doe@Müller-Straße.example");
        let username = Username::parse("Hauptstraße 7");
        let first = PersonName::parse("Anna-Sophie");
        let last = PersonName::parse("Ångström-Ø");
        let personal = PersonalWords::of(
            Some(&email.unwrap()),
            Some(&username.unwrap()),
            &[&first.unwrap(), &last.unwrap()],
        );
        check(&Password::read(password).unwrap(), &personal, 8)
    }

    #[test]
    fn weak_passwords_are_told_their_rule() {
        for (password, weakness) in [
            ("1234567", TooShort { min: 8 }),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", TooShort { min: 8 }),
            ("password", Common),
            ("PASSWORD", Common),
            ("PaſſWord", Common),
            ("iloveyou", Common),
            ("ВКОНТАКТЕ", Common),
            ("jane.doe@müller-straße.example", Personal),
            ("JANE.DOE@MÜLLER-STRASSE.EXAMPLE", Personal),
            ("jane.doe@xn--mller-strae-46a18a.example", Personal),
            ("Jane.Doe", Personal),
            ("HAUPTSTRASSE 7", Personal),
            ("anna-sophie", Personal),
            ("A\u{30A}NGSTRÖM-ø", Personal),
            ("LatchKey", ServiceName),
            ("latchkeyLATCHKEYlatch", ServiceName),
            ("aaaaaaaa", Repeated),
            ("aAaAaAaA", Repeated),
            ("        ", Repeated),
            ("🦊🦊🦊🦊🦊🦊🦊🦊", Repeated),
            ("½½½½½½½½", Repeated),
            (
                "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
                Repeated,
            ),
            ("x\u{302}x\u{302}x\u{302}x\u{302}", Repeated),
            ("12345678", Run),
            ("QWERTYUIOP", Run),
            ("ｈｇｆｅｄｃｂａ", Run),
        ] {
            assert_eq!(verdict(password), Err(weakness), "{password}");
        }
    }

    #[test]
    fn other_passwords_pass() {
        for password in [
            "correct horse battery staple",
            "latchkey-for-anna",
            "mylatchkey",
            "latchkez",
            "anna-sophie!",
            " password",
            "aaaaaaab",
            "ababababa8",
            "x\u{302}x\u{302}x\u{303}x\u{302}",
            "x\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}",
            "12345678 kiwi",
            "kråkan åt ost",
            &"zq".repeat(50),
        ] {
            assert_eq!(verdict(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn minimum_is_a_setting_and_is_named() {
        let personal = PersonalWords::of(None, None, &[]);
        let password = Password::read("kråkan åt ost").unwrap();
        assert_eq!(check(&password, &personal, 13), Ok(()));
        let weakness = check(&password, &personal, 14).unwrap_err();
        assert_eq!(weakness.rule(), "too_short");
        assert!(weakness.advice().contains("at least 14 characters"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_text_is_answered(text in ".{1,100}") {
            if let Ok(password) = Password::read(&text) {
                let _ = check(&password, &PersonalWords::of(None, None, &[]), 8);
            }
        }

        #[test]
        fn own_username_is_refused_in_any_case(
            name in "[a-zà-öа-я]{8,30}",
            upper in any::<[bool; 30]>(),
        ) {
            let username = Username::parse(&name).unwrap();
            let cased: String = name
                .chars()
                .zip(upper)
                .map(|(c, up)| if up { c.to_uppercase().to_string() } else { c.to_string() })
                .collect();
            let personal = PersonalWords::of(None, Some(&username), &[]);
            let verdict = check(&Password::read(&cased).unwrap(), &personal, 8);
            prop_assert_eq!(verdict, Err(Personal));
        }

        #[test]
        fn a_longer_minimum_accepts_no_more(text in ".{1,70}", min in 8_usize..64) {
            if let Ok(password) = Password::read(&text) {
                let nobody = PersonalWords::of(None, None, &[]);
                let [less, more] = [min, min + 1].map(|min| check(&password, &nobody, min));
                prop_assert!(more.is_err() || less.is_ok());
                let length = password.as_text().chars().count();
                prop_assert_eq!(matches!(less, Err(TooShort { .. })), length < min);
            }
        }

        #[test]
        fn one_character_is_refused_however_often(character in any::<char>(), times in 8_usize..=100) {
            if let Ok(password) = Password::read(&character.to_string().repeat(times))
                && password.as_text().chars().count() >= 8
            {
                let nobody = PersonalWords::of(None, None, &[]);
                prop_assert!(check(&password, &nobody, 8).is_err());
            }
        }

        #[test]
        fn own_address_is_refused_in_any_case(local in "[a-z.]{8,20}", domain in "[a-zü]{2,12}\\.[a-z]{2}") {
            prop_assume!(!local.starts_with('.') && !local.ends_with('.') && !local.contains(".."));
            let typed = format!("{local}@{domain}");
            let email = Email::parse(&typed).unwrap();
            let personal = PersonalWords::of(Some(&email), None, &[]);
            for own in [&typed, &local, email.normal()] {
                for cased in [own.to_uppercase(), own.to_lowercase()] {
                    let verdict = check(&Password::read(&cased).unwrap(), &personal, 8);
                    prop_assert_eq!(verdict, Err(Personal));
                }
            }
        }

        #[test]
        fn several_unrelated_words_pass(words in proptest::collection::vec("[b-df-hj-np-tv-z]{3}[aeiou][a-z]", 4)) {
            let words = words.join(" ");
            let verdict = check(&Password::read(&words).unwrap(), &PersonalWords::of(None, None, &[]), 8);
            prop_assert!(verdict.is_ok() || words.split(' ').all(|word| words.starts_with(word)));
        }
    }
}
