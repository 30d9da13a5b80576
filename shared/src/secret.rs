//! The secret that signs tokens.

use std::fmt;

use hmac::{Hmac, KeyInit};
use sha2::Sha256;

#[derive(Clone)]
pub struct SigningSecret {
    text: String,
    /// Seals, pseudonyms and successors share it: to set one up takes 0.3 % of a start.
    hmac: Hmac<Sha256>,
}

impl SigningSecret {
    /// The error continues a sentence that begins with the variable's name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains("{{resolve:") {
            return Err(
                "is a reference that nothing has resolved. Deploy through CloudFormation, or give the secret itself.",
            );
        }
        if text.len() < 32 {
            return Err("is too short. Give it at least 32 random bytes.");
        }
        let mut characters = text.chars();
        let first = characters.next();
        if characters.all(|c| Some(c) == first) {
            return Err("is one repeated character. Give it at least 32 random bytes.");
        }
        let hmac = Hmac::new_from_slice(text.as_bytes()).map_err(|_| "cannot be used as a key.")?;
        Ok(Self {
            text: text.to_owned(),
            hmac,
        })
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// An HMAC under this secret that has read nothing yet.
    #[must_use]
    pub fn hmac(&self) -> Hmac<Sha256> {
        self.hmac.clone()
    }
}

impl PartialEq for SigningSecret {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for SigningSecret {}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_at_least_32_bytes_not_one_character_and_no_reference() {
        assert!(SigningSecret::parse(&"ab".repeat(16)).is_ok());
        assert!(
            SigningSecret::parse(&"é1".repeat(11)).is_ok(),
            "bytes count, not characters"
        );
        for bad in [
            String::new(),
            "ab".repeat(15),
            "a".repeat(64),
            "é".repeat(32),
            "{{resolve:secretsmanager:latchkey:SecretString:secret}}".to_owned(),
        ] {
            assert!(SigningSecret::parse(&bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_secret_is_used_whole_and_never_shown(text in "\\PC{0,80}") {
            if let Ok(secret) = SigningSecret::parse(&text) {
                prop_assert_eq!(secret.as_bytes(), text.as_bytes());
                prop_assert!(text.len() >= 32);
                prop_assert_eq!(format!("{secret:?}"), "SigningSecret(..)");
            }
        }
    }
}
