//! Is a password nothing but one walk along an alphabet or a keyboard?

/// Each is walked in both directions and from its end on to its start again; all in caseless form.
const CYCLES: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    // QWERTY: all rows one after another, then row by row, then with signs.
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "`1234567890-=",
    "~!@#$%^&*()_+",
    "!@#$%^&*()",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    // QWERTY, column by column.
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    // QWERTZ
    "1234567890qwertzuiopasdfghjklyxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "qwertzuiopü+",
    "asdfghjklöä#",
    "yxcvbnm,.-",
    // AZERTY
    "1234567890azertyuiopqsdfghjklmwxcvbn",
    "azertyuiopqsdfghjklmwxcvbn",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "&é\"'(-è_çà)=",
    "qsdfghjklmù*",
    "wxcvbn,;:!",
];

const COUNTS: &[&str] = &["1234567890", "0123456789", "9876543210", "321"];

/// The longest walk at the beginning of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// In characters; 0 or 1 is no walk.
    pub length: usize,
    /// Counts up or down from 1, 0 or 9, as those digits do that are added to a word.
    pub counts: bool,
}

/// Expects a caseless form.
pub(super) fn is_run(text: &[char]) -> bool {
    text.len() > 1 && run_at(text).length == text.len()
}

/// Expects a caseless form.
pub(super) fn run_at(text: &[char]) -> Run {
    let mut longest = Run {
        length: steps_through_code_points(text),
        counts: false,
    };
    for cycle in CYCLES {
        let length = walks_along(cycle, text);
        if length > longest.length {
            longest.length = length;
        }
    }
    longest.counts = COUNTS.iter().any(|digits| {
        let same = text.iter().zip(digits.chars());
        same.take_while(|(one, other)| **one == *other).count() >= longest.length.max(3)
    });
    longest
}

/// Covers the alphabets of other scripts.
fn steps_through_code_points(text: &[char]) -> usize {
    let step = |from: char, to: char| i64::from(u32::from(to)) - i64::from(u32::from(from));
    length_of_walk(text, |from, to| {
        (step(from, to).abs() == 1).then(|| step(from, to))
    })
}

fn walks_along(cycle: &str, text: &[char]) -> usize {
    let length = cycle.chars().count();
    let place = |key| cycle.chars().position(|other| other == key);
    if text.first().is_none_or(|key| place(*key).is_none()) {
        return 0;
    }
    length_of_walk(text, |from, to| {
        let (from, to) = (place(from)?, place(to)?);
        if (from + 1) % length == to {
            Some(1)
        } else if (to + 1) % length == from {
            Some(-1)
        } else {
            None
        }
    })
}

/// The number of characters that one kind of step leads through.
fn length_of_walk(text: &[char], step: impl Fn(char, char) -> Option<i64>) -> usize {
    let mut steps = text.windows(2).map(|pair| match pair {
        [from, to] => step(*from, *to),
        _ => None,
    });
    match steps.next().flatten() {
        None => text.len().min(1),
        Some(first) => 2 + steps.take_while(|next| *next == Some(first)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caseless_form;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn is_run(caseless: &str) -> bool {
        super::is_run(&caseless.chars().collect::<Vec<_>>())
    }

    #[test]
    fn runs_are_found() {
        for password in [
            "12345678",
            "87654321",
            "7890123",
            "90123456",
            "10987654",
            "01234567890123456789",
            "abcdefgh",
            "HGFEDCBA",
            "uvwxyzabc",
            "cbazyxwv",
            "qwertyuiop",
            "POIUYTREWQ",
            "QwErTyUi",
            "qwertzuiop",
            "azertyuiop",
            "asdfghjkl",
            "lkjhgfdsa",
            "zxcvbnm,./",
            "qsdfghjklm",
            "qwertyuiopasdfghjklzxcvbnm",
            "1234567890qwerty",
            "zxcvbnmzxcvbnm",
            "!@#$%^&*()",
            "asdfghjkl;'",
            "абвгдежз",
            "ЗЖЕДГВБА",
            "1qaz2wsx3edc",
            "qazwsxedc",
            "１２３４５６７８",
            "①②③④⑤⑥⑦⑧",
        ] {
            assert!(is_run(&caseless_form(password)), "{password}");
        }
    }

    #[test]
    fn other_passwords_are_no_runs() {
        for password in [
            "",
            "a",
            "1",
            "12345679",
            "123456789a",
            "abcdefghh",
            "11111111",
            "2468acegik",
            "12344321",
            "abcdefgh12345678",
            "correct horse",
            "qwertyuiopp",
        ] {
            assert!(!is_run(&caseless_form(password)), "{password}");
        }
    }

    #[test]
    fn cycles_are_caseless_and_hold_each_key_once() {
        for cycle in CYCLES {
            assert_eq!(&caseless_form(cycle), cycle);
            let keys: HashSet<char> = cycle.chars().collect();
            assert_eq!(keys.len(), cycle.chars().count(), "{cycle}");
        }
    }

    #[test]
    fn a_run_ends_where_the_walk_ends() {
        for (text, length, counts) in [
            ("123x", 3, true),
            ("qwerty!", 6, false),
            ("321!", 3, true),
            ("109", 3, false),
            ("654a", 3, false),
            ("xa", 1, false),
            ("гдежx", 4, false),
            ("", 0, false),
        ] {
            let text: Vec<char> = text.chars().collect();
            let run = run_at(&text);
            assert_eq!(run.length, length, "{text:?}");
            assert_eq!(run.counts, counts, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = is_run(&text);
        }

        #[test]
        fn every_stretch_of_a_cycle_is_a_run(
            cycle in proptest::sample::select(CYCLES),
            start in 0_usize..40,
            length in 2_usize..60,
        ) {
            let forwards: String = cycle.chars().cycle().skip(start).take(length).collect();
            let backwards: String = forwards.chars().rev().collect();
            prop_assert!(is_run(&forwards) && is_run(&backwards));
        }

        #[test]
        fn a_run_read_backwards_is_a_run(text in "[0-9]{2,4}|[a-z]{2,4}|[а-я]{2,4}|\\PC{0,4}") {
            let backwards: String = text.chars().rev().collect();
            prop_assert_eq!(is_run(&text), is_run(&backwards));
        }

        #[test]
        fn a_part_of_a_run_is_a_run(
            cycle in proptest::sample::select(CYCLES),
            start in 0_usize..40,
            length in 3_usize..60,
        ) {
            let run: String = cycle.chars().cycle().skip(start).take(length).collect();
            let part: String = run.chars().skip(1).collect();
            prop_assert!(is_run(&part));
        }
    }
}
