//! An accepted callback stays on the origin, by the URL parser of browsers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use shared::account::CallbackUrl;
use url::Url;

const ORIGINS: [&str; 4] = [
    "https://latchkey.example/login?next=/a#b",
    "https://latchkey.example:8443/a/b/c",
    "http://127.0.0.1:9000/",
    "http://[::1]:3000/a/../b",
];

fuzz_target!(|given: &str| {
    let Ok(callback) = CallbackUrl::parse(given) else {
        return;
    };
    assert_eq!(callback.as_str(), given);
    assert!(given.len() <= 2048);
    for origin in ORIGINS {
        let base = Url::parse(origin).unwrap();
        let target = base.join(given).unwrap();
        assert_eq!(target.origin(), base.origin());
        assert!(target.username().is_empty() && target.password().is_none());
        // A router that takes the path alone stays, too.
        assert_eq!(base.join(target.path()).unwrap().origin(), base.origin());
    }
    let decoded = percent_decode_str(given).decode_utf8().unwrap();
    assert!(!decoded.contains(|c: char| c.is_control() || c == '\\'));
    assert_eq!(decoded.matches('/').count(), given.matches('/').count());
});
