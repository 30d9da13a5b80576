//! Where may the browser be sent after sign-up or login?

use percent_encoding::percent_decode_str;
use url::Url;

const MAX_BYTES: usize = 2048;
const DEFAULT: &str = "/dashboard";
/// Any origin serves: only whether a path leaves it is asked.
const SOME_ORIGIN: &str = "https://origin.invalid";

const TOO_LONG: &str = "Give a callback_url of at most 2,048 bytes.";
const NOT_A_PATH: &str = "Give a callback_url that begins with exactly one slash and stays on this \
    site, such as /dashboard.";
const BROKEN_ESCAPE: &str = "Write a percent sign in callback_url as %25, and any other escape as \
    UTF-8 with two hexadecimal digits a byte.";
const FORBIDDEN: &str = "Remove backslashes, control characters and encoded slashes from \
    callback_url, percent-encoded ones too.";

/// A path on the origin that the page itself came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// # Errors
    /// A sentence for the person who wrote the client.
    pub fn parse(given: &str) -> Result<Self, &'static str> {
        if given.len() > MAX_BYTES {
            return Err(TOO_LONG);
        }
        if !given.starts_with('/') || given.starts_with("//") {
            return Err(NOT_A_PATH);
        }
        if !escapes_are_whole(given) || percent_decode_str(given).decode_utf8().is_err() {
            return Err(BROKEN_ESCAPE);
        }
        if holds_forbidden_character(given) {
            return Err(FORBIDDEN);
        }
        if !stays_on_origin(given) {
            return Err(NOT_A_PATH);
        }
        Ok(Self(given.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for CallbackUrl {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after_percent| {
        after_percent
            .as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Looks below every layer of encoding, since some client or proxy will decode once too often.
fn holds_forbidden_character(text: &str) -> bool {
    let mut layer = text.to_owned();
    loop {
        if layer.contains(|c: char| c.is_control() || c == '\\')
            || layer.contains("%2f")
            || layer.contains("%2F")
        {
            return true;
        }
        let decoded = percent_decode_str(&layer).decode_utf8_lossy().into_owned();
        // Ends, because decoding leaves fewer percent signs or a shorter text.
        if decoded == layer {
            return false;
        }
        layer = decoded;
    }
}

fn stays_on_origin(path: &str) -> bool {
    let Ok(base) = Url::parse(SOME_ORIGIN) else {
        return false;
    };
    base.join(path).is_ok_and(|target| {
        // A client that uses only the path, with its dot segments resolved, must stay as well.
        target.origin() == base.origin() && !target.path().starts_with("//")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_on_the_site_are_kept_as_given() {
        let longest = format!("/{}", "a".repeat(2047));
        for given in [
            "/",
            "/dashboard",
            "/a/b/../c?x=1&y=a%20b#part",
            "/a//b",
            "/?next=https://example.com/",
            "/@evil.com",
            "/задачи/é",
            "/%D0%B7%C3%A9",
            "/100%25",
            "/a%2520b",
            "/a%3Fb",
            "/.well-known",
            "/evil.com",
            "/:80",
            "/a b",
            &longest,
        ] {
            assert_eq!(CallbackUrl::parse(given).unwrap().as_str(), given);
        }
        assert_eq!(CallbackUrl::default().as_str(), "/dashboard");
        assert!(CallbackUrl::parse(DEFAULT).is_ok());
    }

    #[test]
    fn whatever_might_leave_the_site_is_refused() {
        let too_long = format!("/{}", "a".repeat(2048));
        for (given, why) in [
            (too_long.as_str(), TOO_LONG),
            ("", NOT_A_PATH),
            ("dashboard", NOT_A_PATH),
            (" /dashboard", NOT_A_PATH),
            ("?x", NOT_A_PATH),
            ("https://evil.com", NOT_A_PATH),
            ("javascript:alert(1)", NOT_A_PATH),
            ("//evil.com", NOT_A_PATH),
            ("///evil.com", NOT_A_PATH),
            ("//origin.invalid/a", NOT_A_PATH),
            ("/..//evil.com", NOT_A_PATH),
            ("/.//evil.com", NOT_A_PATH),
            ("/a/..//evil.com", NOT_A_PATH),
            ("/a/%2e%2E//evil.com", NOT_A_PATH),
            ("\\/evil.com", NOT_A_PATH),
            ("/\\evil.com", FORBIDDEN),
            ("/a\\b", FORBIDDEN),
            ("/%5cevil.com", FORBIDDEN),
            ("/%5Cevil.com", FORBIDDEN),
            ("/%2fevil.com", FORBIDDEN),
            ("/%2Fevil.com", FORBIDDEN),
            ("/a?x=%2F", FORBIDDEN),
            ("/%252fevil.com", FORBIDDEN),
            ("/%25252Fevil.com", FORBIDDEN),
            ("/%25%32%66evil.com", FORBIDDEN),
            ("/%255cevil.com", FORBIDDEN),
            ("/%250d%250a", FORBIDDEN),
            ("/\t/evil.com", FORBIDDEN),
            ("/\n/evil.com", FORBIDDEN),
            ("/a\r\nb", FORBIDDEN),
            ("/a\0", FORBIDDEN),
            ("/a\u{7F}", FORBIDDEN),
            ("/a\u{85}", FORBIDDEN),
            ("/%00", FORBIDDEN),
            ("/%0d%0A", FORBIDDEN),
            ("/%09/evil.com", FORBIDDEN),
            ("/%7f", FORBIDDEN),
            ("/%C2%80", FORBIDDEN),
            ("/%c2%9F", FORBIDDEN),
            ("/%", BROKEN_ESCAPE),
            ("/%2", BROKEN_ESCAPE),
            ("/%zz", BROKEN_ESCAPE),
            ("/%2é", BROKEN_ESCAPE),
            ("/%u002f", BROKEN_ESCAPE),
            ("/%80", BROKEN_ESCAPE),
            ("/%FF", BROKEN_ESCAPE),
            ("/%c0%af", BROKEN_ESCAPE),
            ("/%ED%A0%80", BROKEN_ESCAPE),
        ] {
            assert_eq!(CallbackUrl::parse(given), Err(why), "{given:?}");
        }
    }

    #[test]
    fn deep_nesting_is_answered() {
        let nested = format!("/%{}2f", "25".repeat(1000));
        assert_eq!(CallbackUrl::parse(&nested), Err(FORBIDDEN));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(given in any::<String>()) {
            let _ = CallbackUrl::parse(&given);
        }

        #[test]
        fn accepted_means_on_the_origin(
            given in "/(/|\\.|%2[eEfF5]|%5[cC]|%0[aA9d]|[\\\\@:?#a]|%C2%8|[\t ]|f|\\PC){0,9}",
        ) {
            if let Ok(callback) = CallbackUrl::parse(&given) {
                prop_assert_eq!(callback.as_str(), &given);
                let base = Url::parse("https://latchkey.example").unwrap();
                let target = base.join(&given).unwrap();
                prop_assert_eq!(target.host_str(), Some("latchkey.example"));
                let path_alone = base.join(target.path()).unwrap();
                prop_assert_eq!(path_alone.origin(), base.origin());
                let decoded = percent_decode_str(&given).decode_utf8().unwrap();
                prop_assert!(!decoded.contains(|c: char| c.is_control() || c == '\\'));
                prop_assert_eq!(decoded.matches('/').count(), given.matches('/').count());
            }
        }
    }

    /// Whatever has been used to talk a browser into leaving, and harmless text between it.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            4 => proptest::sample::select(vec!["/", "a", "b/", ".", "..", "?", "#", "x=1", "-"]),
            3 => proptest::sample::select(vec![
                "//", "\\", "%", "\t", "\n", "\r", "@", ":", "evil.example", "https:", "javascript:",
                " ", ";", "%2e", "%2E", "%2e%2e", "%20", "%25", "%3a", "%40", "%23", "%3f", "&",
            ]),
            1 => proptest::sample::select(vec![
                "%2f", "%2F", "%5c", "%5C", "%09", "%0a", "%0D", "%00", "%7F", "%C2%85", "%c2%80",
                "%252f", "%255c", "%c0%af", "%E2%88%95", "%zz", "\0", "\u{1}", "\u{1f}", "\u{7f}",
                "\u{80}", "\u{85}", "\u{9f}", "\u{a0}", "\u{ad}", "\u{200b}", "\u{202e}", "\u{2028}",
                "\u{2044}", "\u{2215}", "\u{29f8}", "\u{ff0f}", "\u{ff3c}", "\u{ff0e}", "\u{3002}",
                "\u{2024}", "\u{feff}", "é", "🦊",
            ]),
        ];
        let lead = proptest::sample::select(vec![
            "/", "/", "/", "/", "", "//", "/\\", "\\/", " /", "\t/",
        ]);
        (lead, proptest::collection::vec(part, 0..10))
            .prop_map(|(lead, parts)| format!("{lead}{}", parts.concat()))
    }

    const PAGES: [&str; 6] = [
        "https://latchkey.example/",
        "https://latchkey.example:8443/login?next=/a#b",
        "http://latchkey.example/a/b/c",
        "http://127.0.0.1:9000/a/../b",
        "http://[::1]:3000/a//b/",
        "https://evil.example.latchkey.example/.",
    ];

    /// The difference between what we let through and where browsers go.
    #[test]
    fn a_browser_that_follows_an_accepted_callback_stays_on_any_origin() {
        let pages = PAGES.map(|page| Url::parse(page).unwrap());
        let [accepted, leaving] = [const { std::cell::Cell::new(0_u32) }; 2];
        let cases = 8_192;
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(cases));
        let outcome = runner.run(&hostile(), |given| {
            let leaves = pages.iter().any(|page| {
                page.join(&given).map_or(true, |target| {
                    let alone = page.join(target.path()).map(|url| url.origin());
                    target.origin() != page.origin() || alone != Ok(page.origin())
                })
            });
            let is_accepted = CallbackUrl::parse(&given).is_ok();
            leaving.set(leaving.get() + u32::from(leaves));
            accepted.set(accepted.get() + u32::from(is_accepted));
            prop_assert!(!(leaves && is_accepted));
            Ok(())
        });
        outcome.unwrap();
        // Neither half of the law is about nothing.
        let share = |count: &std::cell::Cell<u32>| count.get() * 100 / cases;
        assert!(
            (10..90).contains(&share(&accepted)),
            "{}% accepted",
            share(&accepted)
        );
        assert!(
            (5..90).contains(&share(&leaving)),
            "{}% leave",
            share(&leaving)
        );
    }
}
