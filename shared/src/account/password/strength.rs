//! Is a password strong enough to be chosen?

use super::{
    guesses::{Part, weak_parts},
    patterns::Kind,
    personal_words::PersonalWords,
    plaintext::Password,
    runs::is_run,
    words::is_listed,
};
use crate::{Weakness, caseless_form};

/// Below it, what is left of a password without its signs says little about the password.
const MIN_SQUEEZED: usize = 6;

/// # Errors
/// The first rule that the password breaks. Rules with the most precise advice come first.
pub fn check(
    password: &Password,
    personal: &PersonalWords,
    min_length: usize,
) -> Result<(), Weakness> {
    let text = password.as_str();
    if text.chars().count() < min_length {
        return Err(Weakness::TooShort { min: min_length });
    }
    let caseless = caseless_form(text);
    if personal.hold(&caseless) {
        return Err(Weakness::Personal);
    }
    let characters: Vec<char> = caseless.chars().collect();
    let repeats = |text: &[char]| repeats_a_block(text, min_length);
    if repeats(&characters) || repeats(&text.chars().collect::<Vec<_>>()) {
        return Err(Weakness::Repeated);
    }
    // "l-e-t-m-e-i-n" and "let me in!" are no better than "letmein".
    let squeezed: String = caseless.chars().filter(|c| c.is_alphanumeric()).collect();
    let core: Vec<char> = squeezed.chars().collect();
    let is_telling = core.len() >= MIN_SQUEEZED;
    if is_run(&characters) || is_telling && is_run(&core) {
        return Err(Weakness::Run);
    }
    if is_listed(&caseless) || is_telling && is_listed(&squeezed) {
        return Err(Weakness::Common);
    }
    match weak_parts(&characters, personal) {
        None => Ok(()),
        Some(parts) => Err(main_weakness(&parts)),
    }
}

/// The part that gives most of the password away.
fn main_weakness(parts: &[Part]) -> Weakness {
    let has = |part: Part| parts.contains(&part);
    if has(Part::Pattern(Kind::Personal)) {
        Weakness::Personal
    } else if has(Part::Pattern(Kind::ServiceName)) {
        Weakness::ServiceName
    } else if has(Part::Pattern(Kind::Word)) || has(Part::Pattern(Kind::Year)) {
        Weakness::Guessable
    } else if has(Part::Repeated) {
        Weakness::Repeated
    } else if has(Part::Pattern(Kind::Run)) {
        Weakness::Run
    } else {
        Weakness::Guessable
    }
}

/// A block that would be too short by itself, repeated to reach a length, the last time perhaps in part.
fn repeats_a_block(text: &[char], min_length: usize) -> bool {
    (1..min_length.min(text.len() / 2 + 1)).any(|length| {
        text.iter()
            .zip(text.iter().skip(length))
            .all(|(one, other)| one == other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weakness::{Common, Guessable, Personal, Repeated, Run, ServiceName, TooShort};
    use crate::account::{Email, PersonName, Username};
    use proptest::prelude::*;

    fn answer(password: &str) -> Result<(), Weakness> {
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
            ("lifehack", Common),
            ("translator", Common),
            ("1passwor", Common),
            ("PineAppl", Common),
            ("l-e-t-m-e-i-n", Common),
            ("Tr4nslator!", Guessable),
            ("!!2026elizabeth", Guessable),
            (" password", Common),
            ("12345678 kiwi", Guessable),
            ("p\u{430}ssword", Guessable),
            ("pässwörd99", Guessable),
            ("19850312", Guessable),
            ("iloveyou", Common),
            ("ВКОНТАКТЕ", Common),
            ("jane.doe@müller-straße.example", Personal),
            ("JANE.DOE@MÜLLER-STRASSE.EXAMPLE", Personal),
            ("jane.doe@xn--mller-strae-46a18a.example", Personal),
            ("Jane.Doe", Personal),
            ("HAUPTSTRASSE 7", Personal),
            ("anna-sophie", Personal),
            ("A\u{30A}NGSTRÖM-ø", Personal),
            ("jane.doe1", Personal),
            ("JaneDoe2026", Personal),
            ("AnnaÅngström", Personal),
            ("anna-sophie!", Personal),
            ("hauptstra\u{df}e99", Personal),
            ("mülleR-99", Personal),
            ("LatchKey", ServiceName),
            ("LatchKey2026", ServiceName),
            ("latchkey1", ServiceName),
            ("l4tchk3y!", ServiceName),
            ("mylatchkey", ServiceName),
            ("latchkeyLATCHKEYlatch", ServiceName),
            ("aaaaaaaa", Repeated),
            ("aaaaaaab", Repeated),
            ("baaaaaaaaa", Repeated),
            ("ababababa8", Repeated),
            ("k7xk7xk7x", Repeated),
            ("парольпароль", Repeated),
            ("zqzqzqzqzqzqzqzqzqzq", Repeated),
            ("aAaAaAaA", Repeated),
            ("        ", Repeated),
            ("🦊🦊🦊🦊🦊🦊🦊🦊", Repeated),
            ("½½½½½½½½", Repeated),
            (
                "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
                Repeated,
            ),
            ("x\u{302}x\u{302}x\u{302}x\u{302}", Repeated),
            ("20262026", Repeated),
            ("12345678", Run),
            ("1 2 3 4 5 6 7 8", Run),
            ("1qaz2wsx", Run),
            ("QWERTYUIOP", Run),
            ("ｈｇｆｅｄｃｂａ", Run),
        ] {
            assert_eq!(answer(password), Err(weakness), "{password}");
        }
    }

    #[test]
    fn decorated_words_are_refused() {
        for password in [
            "P@ssw0rd2024!",
            "Password123!",
            "Summer2026!",
            "London2025",
            "letmein!!",
            "Admin123!",
            "trustno1!",
            "football2026",
            "Qwerty123!",
            "Monkey_1984",
            "Dragon99!",
            "Summer26!",
            "s3cr3t-2025",
        ] {
            let weakness = answer(password).unwrap_err();
            assert!(
                matches!(weakness, Common | Guessable),
                "{password}: {weakness:?}"
            );
        }
    }

    #[test]
    fn other_passwords_pass() {
        for password in [
            "correct horse battery staple",
            "latchkez",
            "x\u{302}x\u{302}x\u{303}x\u{302}",
            "x\u{302}\u{304}\u{308}\u{323}\u{306}\u{331}\u{30A}",
            "kråkan åt ost",
            "seven quiet otters",
            "a much better password",
            "correct horse battery",
            "latchkey-for-anna",
            "latchkey opens seven doors",
            "xk7#pq2w",
            "9f3b6c1e7a",
        ] {
            assert_eq!(answer(password), Ok(()), "{password}");
        }
    }

    fn is_accepted(password: &str) -> bool {
        let password = Password::read(password).unwrap();
        check(&password, &PersonalWords::of(None, None, &[]), 8).is_ok()
    }

    /// Knuth's MMIX generator: the same numbers in every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % limit
        }

        fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
            all[self.below(all.len())]
        }
    }

    #[test]
    fn no_frequent_password_is_accepted_in_any_case() {
        let frequent: Vec<&str> = include_str!("frequent_passwords.txt").lines().collect();
        assert_eq!(frequent.len(), 3_000);
        for password in frequent {
            let (first, rest) = password.split_at(1);
            for cased in [
                password.to_owned(),
                password.to_uppercase(),
                first.to_uppercase() + rest,
            ] {
                assert!(!is_accepted(&cased), "{cased}");
            }
        }
    }

    #[test]
    fn ten_thousand_passphrases_of_the_most_frequent_words_are_accepted() {
        let words: Vec<&str> = include_str!("words.txt")
            .lines()
            .filter_map(|line| line.strip_suffix('\t'))
            .filter(|word| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_lowercase()))
            .collect();
        assert!(words.len() > 3_000);
        let mut numbers = Numbers(1);
        let mut refused = Vec::new();
        for _ in 0..10_000 {
            let count = 3 + numbers.below(3);
            let separator = numbers.one_of(&[" ", "-", "_", ".", ", ", ""]);
            let mut chosen: Vec<&str> = Vec::new();
            while chosen.len() < count {
                let word = numbers.one_of(&words);
                if !chosen.contains(&word) {
                    chosen.push(word);
                }
            }
            let phrase = chosen.join(separator);
            if !is_accepted(&phrase) {
                refused.push(phrase);
            }
        }
        assert!(refused.is_empty(), "{refused:?}");
    }

    #[test]
    fn ten_thousand_random_strings_are_accepted() {
        const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
        let letters = LOWER.to_owned() + &LOWER.to_uppercase();
        let base64 = letters.clone() + "0123456789+/";
        let base32 = LOWER.to_owned() + "234567";
        let printable: String = (' '..='~').collect();
        let alphabets = [
            "0123456789abcdef",
            LOWER,
            &letters,
            &base64,
            &base32,
            &printable,
        ];
        let alphabets = alphabets.map(|alphabet| alphabet.chars().collect::<Vec<_>>());
        let mut numbers = Numbers(1);
        let mut refused = Vec::new();
        for _ in 0..10_000 {
            let alphabet = &alphabets[numbers.below(alphabets.len())];
            let length = 8 + numbers.below(13);
            let random: String = (0..length)
                .map(|_| alphabet[numbers.below(alphabet.len())])
                .collect();
            if !is_accepted(&random) {
                refused.push(random);
            }
        }
        assert!(refused.is_empty(), "{refused:?}");
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
            let answer = check(&Password::read(&cased).unwrap(), &personal, 8);
            prop_assert_eq!(answer, Err(Personal));
        }

        #[test]
        fn a_longer_minimum_accepts_no_more(text in ".{1,70}", min in 8_usize..64) {
            if let Ok(password) = Password::read(&text) {
                let nobody = PersonalWords::of(None, None, &[]);
                let [less, more] = [min, min + 1].map(|min| check(&password, &nobody, min));
                prop_assert!(more.is_err() || less.is_ok());
                let length = password.as_str().chars().count();
                prop_assert_eq!(matches!(less, Err(TooShort { .. })), length < min);
            }
        }

        #[test]
        fn one_character_is_refused_however_often(character in any::<char>(), times in 8_usize..=100) {
            if let Ok(password) = Password::read(&character.to_string().repeat(times))
                && password.as_str().chars().count() >= 8
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
                    let answer = check(&Password::read(&cased).unwrap(), &personal, 8);
                    prop_assert_eq!(answer, Err(Personal));
                }
            }
        }

        #[test]
        fn several_unrelated_words_pass(words in proptest::collection::vec("[b-df-hj-np-tv-z]{3}[aeiou][a-z]", 4)) {
            let words = words.join(" ");
            let answer = check(&Password::read(&words).unwrap(), &PersonalWords::of(None, None, &[]), 8);
            prop_assert!(answer.is_ok() || words.split(' ').all(|word| words.starts_with(word)));
        }
    }
}
