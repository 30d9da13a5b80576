//! An accepted address has one normal form, within the bounds of mail.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::account::Email;

fuzz_target!(|typed: &str| {
    let Ok(email) = Email::parse(typed) else {
        return;
    };
    assert_eq!(email.shown(), typed.trim());
    assert!(email.shown().len() <= 254);
    let normal = email.normal();
    assert!(normal.len() <= 254);
    let (local_part, domain) = normal.split_once('@').unwrap();
    assert!((1..=64).contains(&local_part.len()));
    assert!(local_part.split('.').all(|atom| !atom.is_empty()));
    assert!(
        local_part
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"(),:;<>@[\\]".contains(&b))
    );
    assert!(domain.len() <= 253 && domain.contains('.'));
    for label in domain.split('.') {
        assert!((1..=63).contains(&label.len()));
        assert!(!label.starts_with('-') && !label.ends_with('-'));
        assert!(
            label
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        );
    }
    for again in [normal, email.shown(), &normal.to_ascii_uppercase()] {
        assert_eq!(Email::parse(again).unwrap().normal(), normal);
    }
    let host = url::Host::parse(domain).unwrap();
    assert!(matches!(host, url::Host::Domain(name) if name == domain));
});
