//! Keyed hashes that stand for names: equal names get equal hashes, and nobody without the secret
//! can tell the name.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Settings, SigningSecret, hex};

const BYTES: usize = 16;

pub struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self::under(&settings.secret)
    }

    #[must_use]
    pub fn under(secret: &SigningSecret) -> Self {
        Self(secret.hmac())
    }

    /// `kind` separates equal texts of two kinds. The prefix separates all of them from the MACs of
    /// tokens and seals, which use the same key.
    #[must_use]
    pub fn of(&self, kind: &str, text: &str) -> String {
        hex(&self.bytes(kind, text))
    }

    /// The same as bytes.
    #[must_use]
    pub fn bytes(&self, kind: &str, text: &str) -> [u8; BYTES] {
        let mac = self
            .0
            .clone()
            .chain_update("pseudonym:")
            .chain_update((kind.len() as u64).to_be_bytes())
            .chain_update(kind)
            .chain_update(text);
        let mut bytes = [0; BYTES];
        bytes.copy_from_slice(&mac.finalize().into_bytes()[..BYTES]);
        bytes
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(secret: &str) -> Pseudonyms {
        let settings =
            Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| secret.to_owned()));
        Pseudonyms::new(&settings.unwrap())
    }

    #[test]
    fn a_pseudonym_depends_on_kind_text_and_secret() {
        let of = |secret: &str, kind: &str, text: &str| pseudonyms(secret).of(kind, text);
        let secret = "the secret that the tests sign with";
        let name = of(secret, "email", "a@example.com");
        assert_eq!(name, of(secret, "email", "a@example.com"));
        // The operations page computes the same with openssl.
        assert_eq!(name, "2db49d8b4004a9b98dae8a276223dc4e");
        assert_ne!(name, of(secret, "username", "a@example.com"));
        assert_ne!(name, of(secret, "emaila", "@example.com"));
        assert_ne!(name, of(secret, "email", "b@example.com"));
        assert_ne!(
            name,
            of(
                "another secret of more than 32 bytes",
                "email",
                "a@example.com"
            )
        );
    }
}
