//! Is a password nothing but one walk along an alphabet or a keyboard?

/// Each is walked in both directions and from its end on to its start again; all in caseless form.
const CYCLES: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    // QWERTY: all rows one after another, then row by row, then the same with its signs.
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

/// Expects the caseless form of the password.
pub(super) fn is_run(caseless: &str) -> bool {
    caseless.chars().nth(1).is_some()
        && (steps_through_code_points(caseless)
            || CYCLES.iter().any(|cycle| walks_along(cycle, caseless)))
}

/// Covers the alphabets of other scripts.
fn steps_through_code_points(text: &str) -> bool {
    let neighbours = || text.chars().zip(text.chars().skip(1));
    neighbours().all(|(one, next)| u32::from(one) + 1 == u32::from(next))
        || neighbours().all(|(one, next)| u32::from(next) + 1 == u32::from(one))
}

fn walks_along(cycle: &str, text: &str) -> bool {
    let length = cycle.chars().count();
    let place = |character| cycle.chars().position(|key| key == character);
    let Some(places) = text.chars().map(place).collect::<Option<Vec<usize>>>() else {
        return false;
    };
    let neighbours = || places.iter().zip(places.iter().skip(1));
    neighbours().all(|(one, next)| (one + 1) % length == *next)
        || neighbours().all(|(one, next)| (next + 1) % length == *one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caseless_form;
    use proptest::prelude::*;
    use std::collections::HashSet;

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
