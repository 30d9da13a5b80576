//! The secret that signs tokens.

use std::fmt;

#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

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
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

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
