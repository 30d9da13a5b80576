//! Is a password among those that everybody tries first?

use passwords::analyzer::is_common_password;

/// The list knows nearly all of its entries in lower case; the few random-looking ones that it
/// has in mixed case only are refused as they stand in it.
pub(super) fn is_common(typed: &str, caseless: &str) -> bool {
    is_common_password(caseless) || is_common_password(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caseless_form;

    #[test]
    fn an_entry_of_the_list_is_found_in_any_case() {
        for typed in [
            "password",
            "PASSWORD",
            "pAssWord",
            "iLoveYou",
            "ВКОНТАКТЕ",
            "av8Ygj1f2U",
        ] {
            assert!(is_common(typed, &caseless_form(typed)), "{typed}");
        }
    }

    #[test]
    fn uncommon_passwords_are_not_found() {
        for typed in [
            "",
            "correct horse battery staple",
            "latchkey-9",
            "password\n",
        ] {
            assert!(!is_common(typed, &caseless_form(typed)), "{typed}");
        }
    }
}
