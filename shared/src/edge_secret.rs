//! The secret by which the edge, a CDN before the gateway, shows that a call came through it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::SigningSecret;

#[derive(Clone, PartialEq, Eq)]
pub struct EdgeSecret(SigningSecret);

impl EdgeSecret {
    /// The error continues a sentence that begins with the variable's name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let secret = SigningSecret::parse(text)?;
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(secret))
        } else {
            Err("must be visible ASCII characters without blanks: a header carries it.")
        }
    }

    /// Compares keyed hashes, in constant time.
    #[must_use]
    pub fn is(&self, given: &[u8]) -> bool {
        let Ok(keyed) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
            return false;
        };
        let expected = keyed.clone().chain_update(self.0.as_bytes()).finalize();
        keyed
            .chain_update(given)
            .verify_slice(&expected.into_bytes())
            .is_ok()
    }
}

impl fmt::Debug for EdgeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EdgeSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_header_must_be_able_to_carry_it() {
        assert!(EdgeSecret::parse(&"aB-+/=!~".repeat(4)).is_ok());
        for bad in [
            "ab".repeat(15),
            "a".repeat(32),
            "a b".repeat(16),
            "a\u{e9}".repeat(16),
            "a\n".repeat(16),
        ] {
            assert!(EdgeSecret::parse(&bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn it_is_itself_alone_and_never_shown(text in "[!-~]{32,80}", other in "[!-~]{0,80}") {
            if let Ok(secret) = EdgeSecret::parse(&text) {
                prop_assert!(secret.is(text.as_bytes()));
                prop_assert_eq!(secret.is(other.as_bytes()), text == other);
                prop_assert!(!secret.is(&text.as_bytes()[1..]));
                prop_assert_eq!(format!("{secret:?}"), "EdgeSecret(..)");
            }
        }
    }
}
