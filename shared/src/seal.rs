//! Texts that callers bring back unchanged, such as cursors and device cookies: each has a MAC that
//! binds it to its purpose.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Error, Settings, SigningSecret};

/// 128 bits of the MAC. Guessing one takes as long as guessing an AES key.
const SEAL_BYTES: usize = 16;

pub struct Seal {
    /// The current secret first, then the previous one.
    keys: Vec<Hmac<Sha256>>,
}

impl Seal {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let secrets = std::iter::once(&settings.secret).chain(&settings.previous_secret);
        Self {
            keys: secrets.map(SigningSecret::hmac).collect(),
        }
    }

    /// `purpose` names everything that the text depends on. For a cursor: owner, filters and order.
    pub fn seal(&self, purpose: &str, text: &str) -> Result<String, Error> {
        let key = self
            .keys
            .first()
            .ok_or(Error::Internal("no key for seals"))?;
        let mut bytes = mac(key, purpose, text).finalize().into_bytes()[..SEAL_BYTES].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// None for what was not sealed for this purpose.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (seal, text) = bytes.split_at_checked(SEAL_BYTES)?;
        let text = str::from_utf8(text).ok()?;
        self.keys
            .iter()
            .any(|key| mac(key, purpose, text).verify_truncated_left(seal).is_ok())
            .then(|| text.to_owned())
    }
}

/// The prefix separates seals from token signatures: no token begins like this.
fn mac(key: &Hmac<Sha256>, purpose: &str, text: &str) -> Hmac<Sha256> {
    let lengths = [purpose.len() as u64, text.len() as u64].map(u64::to_be_bytes);
    key.clone()
        .chain_update("seal:")
        .chain_update(lengths.as_flattened())
        .chain_update(purpose)
        .chain_update(text)
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal(secret: &str, previous: &str) -> Seal {
        let settings = Settings::read(|name| match name {
            "BETTER_AUTH_SECRET" => Some(secret.to_owned()),
            "BETTER_AUTH_SECRET_PREVIOUS" => Some(previous.to_owned()),
            _ => None,
        });
        Seal::new(&settings.unwrap())
    }

    const OLD: &str = "the secret that was in use before it";
    const NEW: &str = "the secret that the tests sign with";

    #[test]
    fn a_cursor_opens_only_the_list_it_was_made_for() {
        let new = seal(NEW, OLD);
        let cursor = new.seal("a", "position").unwrap();
        assert_eq!(new.open("a", &cursor).unwrap(), "position");
        assert!(new.open("b", &cursor).is_none());
        let moved = new.seal("ap", "lace").unwrap();
        assert!(new.open("a", &moved).is_none());
        for bad in ["", "AAAA", "!", &cursor[1..], &format!("{cursor}A")] {
            assert!(new.open("a", bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn cursors_survive_a_rotation_of_the_secret() {
        let cursor = seal(OLD, "").seal("a", "position").unwrap();
        assert_eq!(seal(NEW, OLD).open("a", &cursor).unwrap(), "position");
        assert!(seal(NEW, "").open("a", &cursor).is_none());
    }

    proptest! {
        #[test]
        fn a_cursor_opens_in_its_own_list_alone(
            list in any::<String>(),
            other in any::<String>(),
            position in any::<String>(),
        ) {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal(&list, &position).unwrap();
            prop_assert_eq!(seal.open(&list, &cursor).unwrap(), position);
            prop_assert_eq!(seal.open(&other, &cursor).is_some(), other == list);
        }

        #[test]
        fn list_and_position_cannot_be_shifted_into_each_other(list in "[a-z]{1,6}", rest in "[a-z]{1,6}") {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal(&format!("{list}{rest}"), "").unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
            bytes.extend_from_slice(rest.as_bytes());
            prop_assert!(seal.open(&list, &URL_SAFE_NO_PAD.encode(bytes)).is_none());
        }

        #[test]
        fn a_changed_cursor_is_refused(
            position in any::<String>(),
            at in any::<proptest::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal("list", &position).unwrap();
            let mut bytes = cursor.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert_eq!(seal.open("list", &changed).is_some(), changed == cursor);
            }
        }

        #[test]
        fn a_made_up_cursor_is_refused(cursor in "\\PC*|[A-Za-z0-9_=-]{0,80}") {
            prop_assert!(seal(NEW, OLD).open("list", &cursor).is_none());
        }
    }
}
