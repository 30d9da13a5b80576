//! E-mail addresses, and the form that decides their uniqueness.

use std::fmt;

use super::email_domain::ascii_domain;
use super::hidden_characters::is_hidden;

const MAX_OCTETS: usize = 254;
const MAX_LOCAL_OCTETS: usize = 64;

const NOT_AN_ADDRESS: &str = "Enter an e-mail address of the form name@example.com.";
const TOO_LONG: &str =
    "Enter an e-mail address of at most 254 bytes, with at most 64 before the @.";
const HIDDEN: &str = "Remove the blanks and invisible characters from the e-mail address.";
const BAD_LOCAL_PART: &str = "Use only English letters, digits, single dots and the signs \
     !#$%&'*+/=?^_`{|}~- before the @ of the e-mail address.";
const BAD_DOMAIN: &str =
    "Enter a full domain name, such as example.com, after the @ of the e-mail address.";

/// An address that mail can be sent to, as typed and in the form that decides uniqueness.
#[derive(Clone)]
pub struct Email {
    shown: String,
    normal: String,
}

impl Email {
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        let shown = typed.trim();
        if shown.len() > MAX_OCTETS {
            return Err(TOO_LONG);
        }
        if shown.chars().any(|c| c.is_whitespace() || is_hidden(c)) {
            return Err(HIDDEN);
        }
        let (local_part, domain) = shown.rsplit_once('@').ok_or(NOT_AN_ADDRESS)?;
        if local_part.is_empty() || domain.is_empty() {
            return Err(NOT_AN_ADDRESS);
        }
        if local_part.len() > MAX_LOCAL_OCTETS {
            return Err(TOO_LONG);
        }
        if !is_dot_atom(local_part) {
            return Err(BAD_LOCAL_PART);
        }
        let domain = ascii_domain(domain).ok_or(BAD_DOMAIN)?;
        let normal = format!("{}@{domain}", local_part.to_ascii_lowercase());
        if normal.len() > MAX_OCTETS {
            return Err(TOO_LONG);
        }
        Ok(Self {
            shown: shown.to_owned(),
            normal,
        })
    }

    /// As typed, but for outer blanks.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Equal for two addresses that count as the same.
    #[must_use]
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// As typed, but for a domain in ASCII, which every mail server takes.
    #[must_use]
    pub fn with_ascii_domain(&self) -> String {
        let domain = self
            .normal
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain);
        format!("{}@{domain}", self.local_part())
    }

    #[must_use]
    pub fn local_part(&self) -> &str {
        self.shown
            .split_once('@')
            .map_or("", |(local_part, _)| local_part)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_octet))
}

fn is_atom_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepted_addresses_have_one_normal_form() {
        let long_local = format!("{}@example.com", "a".repeat(64));
        for (typed, normal) in [
            ("Jane.Doe+Tag@Example.COM", "jane.doe+tag@example.com"),
            ("  jane@example.com\n", "jane@example.com"),
            ("!#$%&'*+-/=?^_`{|}~@x.y", "!#$%&'*+-/=?^_`{|}~@x.y"),
            ("jane@MÜNCHEN.de", "jane@xn--mnchen-3ya.de"),
            (&long_local, &long_local),
        ] {
            let email = Email::parse(typed).unwrap();
            assert_eq!(email.normal(), normal, "{typed}");
            assert_eq!(email.shown(), typed.trim());
            let sendable = email.with_ascii_domain();
            assert_eq!(sendable.to_ascii_lowercase(), normal, "{typed}");
            assert!(sendable.starts_with(email.local_part()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_usable_address_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let without_blanks = "@ jane jane@ @example.com a@b@example.com a@@example.com \
             .a@example.com a.@example.com a..b@example.com \"a\"@example.com a(c)@example.com \
             a@example.com(c) <a@example.com> a,b@example.com jané@example.com ａ@example.com \
             a＠example.com a@b＠example.com a@[127.0.0.1] a@[IPv6:::1] a@127.0.0.1 a@localhost \
             a@example.com. a@xn--a.com";
        let with_blanks = [
            "",
            "a b@example.com",
            "\"a b\"@example.com",
            "a\n@example.com",
        ];
        for typed in without_blanks
            .split(' ')
            .chain(with_blanks)
            .chain([&*long_local])
        {
            assert!(Email::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn hidden_characters_and_blanks_are_refused_even_where_idna_would_drop_them() {
        for hidden in "\0\u{A0}\u{AD}\u{200B}\u{200D}\u{202E}\u{2066}\u{3000}\u{FE0F}".chars() {
            for typed in [
                format!("a@exa{hidden}mple.com"),
                format!("a{hidden}@example.com"),
            ] {
                assert_eq!(Email::parse(&typed).unwrap_err(), HIDDEN, "{typed:?}");
            }
        }
        assert_eq!(Email::parse("a@example.com\0").unwrap_err(), HIDDEN);
    }

    #[test]
    fn total_length_ends_at_254_octets() {
        let labels = format!("{}.", "b".repeat(61)).repeat(3);
        let longest = format!("{}@{labels}com", "a".repeat(64));
        assert_eq!(longest.len(), 254);
        assert!(Email::parse(&longest).is_ok());
        assert_eq!(Email::parse(&format!("{longest}m")).unwrap_err(), TOO_LONG);
        // Short once it is ASCII, too long as typed.
        let wide = format!("a@{}com", format!("{}．", "ｂ".repeat(40)).repeat(3));
        assert_eq!(Email::parse(&wide).unwrap_err(), TOO_LONG);
        // Short as typed, too long once the domain is ASCII.
        let grows = format!("{}@{}com", "a".repeat(64), "é.".repeat(24));
        assert_eq!(Email::parse(&grows).unwrap_err(), TOO_LONG);
        assert!(Email::parse(&grows[1..].replacen("é.", "", 1)).is_ok());
    }

    #[test]
    fn local_part_is_as_typed_and_nothing_leaks() {
        let email = Email::parse("Jane.Doe@example.com").unwrap();
        assert_eq!(email.local_part(), "Jane.Doe");
        assert_eq!(format!("{email:?}"), "Email(..)");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(typed in any::<String>()) {
            let _ = Email::parse(&typed);
        }

        #[test]
        fn accepted_means_within_the_rules(
            typed in "[a-zA-Z.+@]{1,8}@[\\PC.。]{1,12}\\.[\\PC]{1,6}",
        ) {
            if let Ok(email) = Email::parse(&typed) {
                let normal = email.normal();
                prop_assert!(normal.is_ascii() && normal.len() <= 254);
                prop_assert_eq!(normal, normal.to_ascii_lowercase());
                let (local_part, domain) = normal.split_once('@').unwrap();
                prop_assert!(!local_part.is_empty() && local_part.len() <= 64);
                prop_assert!(domain.contains('.') && domain.len() <= 253);
                prop_assert!(domain.split('.').all(|label| (1..=63).contains(&label.len())));
                prop_assert!(!email.shown().chars().any(is_hidden));
                let again = Email::parse(normal).unwrap();
                prop_assert_eq!(again.normal(), normal);
            }
        }

        #[test]
        fn case_does_not_matter(typed in "[a-zA-Z0-9.]{1,9}@[a-zA-Zäöüß]{1,9}\\.[a-z]{2,5}") {
            if let Ok(email) = Email::parse(&typed) {
                let lower = Email::parse(&typed.to_lowercase()).unwrap();
                prop_assert_eq!(email.normal(), lower.normal());
            }
        }

        #[test]
        fn how_it_is_typed_does_not_matter(
            typed in "[a-zA-Z0-9.+_-]{1,12}@[a-zA-Z0-9äÖß中-]{1,12}([.。．｡][a-zA-Zé]{1,6}){1,2}",
            before in "[ \\t\\r\\n\u{a0}\u{3000}]{0,3}",
        ) {
            if let Ok(email) = Email::parse(&typed) {
                let blank = Email::parse(&format!("{before}{typed}{before}")).unwrap();
                prop_assert_eq!((blank.shown(), blank.normal()), (&*typed, email.normal()));
                let same = [typed.to_ascii_uppercase(), typed.replace(['。', '．', '｡'], "."),
                    email.normal().to_owned()];
                for other in same {
                    let other = Email::parse(&other).unwrap();
                    prop_assert_eq!(other.normal(), email.normal());
                }
            }
        }

        #[test]
        fn plain_addresses_are_accepted(
            local in "[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?",
            domain in "([a-z]([a-z-]{0,20}[a-z])?\\.){1,4}[a-z]{2,9}",
        ) {
            prop_assume!(!local.contains("..") && !domain.split('.').any(|label| label.starts_with("xn--")));
            let typed = format!("{local}@{domain}");
            let email = Email::parse(&typed).unwrap();
            prop_assert_eq!(email.normal(), typed);
        }
    }
}
