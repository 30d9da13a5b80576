//! Which domains can an e-mail address have?

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// By UTS 46, non-transitional; `None` unless it is a full public name.
pub(super) fn ascii_domain(typed: &str) -> Option<String> {
    let domain = Uts46::new()
        .to_ascii(
            typed.as_bytes(),
            AsciiDenyList::STD3,
            // Hyphens in third and fourth place are seen in real names.
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()?;
    let (_, top) = domain.rsplit_once('.')?;
    (!reads_as_number(top)).then(|| domain.to_ascii_lowercase())
}

/// A name that ends in a number is taken for an IPv4 address, by browsers even a hexadecimal one.
fn reads_as_number(label: &str) -> bool {
    label.bytes().all(|octet| octet.is_ascii_digit())
        || label
            .strip_prefix("0x")
            .is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_brought_to_ascii() {
        let longest_label = format!("{}.com", "b".repeat(63));
        for (typed, ascii) in [
            ("Example.COM", "example.com"),
            ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
            ("XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"),
            ("straße.de", "xn--strae-oqa.de"),
            ("例え。jp", "xn--r8jz45g.jp"),
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("example.рф", "example.xn--p1ai"),
            ("r3---sn.example.com", "r3---sn.example.com"),
            ("1.2.3.com", "1.2.3.com"),
            ("a.0xg", "a.0xg"),
            (&longest_label, &longest_label),
        ] {
            assert_eq!(ascii_domain(typed).as_deref(), Some(ascii), "{typed}");
        }
    }

    #[test]
    fn what_is_no_full_public_name_is_refused() {
        let long_label = format!("{}.com", "b".repeat(64));
        let long_ascii_label = format!("{}.com", "中文".repeat(30));
        let long_name = format!("{}com", "é.".repeat(32));
        let table = "localhost com. example.com. example.com。 example..com .example.com 。com \
             -example.com example-.com exa_mple.com example.com:25 example.com/x exa%6Dple.com \
             1.2.3.4 1.2.3.０４ 1.2.3.0x4 1.2.3.0X4 1.0x xn--.com xn--a.com xn--a-.com \
             xn--example-.com xn--ü.com xn--99999999.com \u{301}b.com אa.com ℀.com \u{AD}.com \
             exam\u{E000}ple.com b＠example.com a@b.com [::1] exa\u{200D}mple.com";
        let blank = [
            "",
            "exa mple.com",
            "exa\u{A0}mple.com",
            "exa\u{3000}mple.com",
        ];
        let long = [&*long_label, &long_ascii_label, &long_name];
        for typed in table.split(' ').chain(blank).chain(long) {
            assert_eq!(ascii_domain(typed), None, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_within_the_rules(typed in "[\\PC.。]{1,12}\\.[\\PC]{1,6}") {
            if let Some(domain) = ascii_domain(&typed) {
                prop_assert!(domain.contains('.') && domain.len() <= 253);
                prop_assert!(domain.split('.').all(|label| (1..=63).contains(&label.len())));
                let ldh = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.');
                prop_assert!(domain.chars().all(ldh));
                prop_assert_eq!(ascii_domain(&domain), Some(domain));
            }
        }
    }
}
