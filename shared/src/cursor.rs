//! Cursors: a position in a list, with a MAC that binds it to that list.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Error, Settings};

/// 128 bits of the MAC. A forged cursor would only move its owner within the owner's own list.
const SEAL_BYTES: usize = 16;

pub struct CursorSeal {
    /// The current secret first, then the previous one.
    keys: Vec<Hmac<Sha256>>,
}

impl CursorSeal {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let secrets = std::iter::once(&settings.secret).chain(&settings.previous_secret);
        Self {
            keys: secrets
                .filter_map(|secret| Hmac::new_from_slice(secret.as_bytes()).ok())
                .collect(),
        }
    }

    /// `list` names everything that the position depends on: owner, filters and order.
    pub fn seal(&self, list: &str, position: &str) -> Result<String, Error> {
        let key = self
            .keys
            .first()
            .ok_or(Error::Internal("no key for cursors"))?;
        let mut bytes = mac(key, list, position).finalize().into_bytes()[..SEAL_BYTES].to_vec();
        bytes.extend_from_slice(position.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn open(&self, list: &str, cursor: &str) -> Result<String, Error> {
        let bytes = URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| Error::InvalidCursor)?;
        let (seal, position) = bytes
            .split_at_checked(SEAL_BYTES)
            .ok_or(Error::InvalidCursor)?;
        let position = str::from_utf8(position).map_err(|_| Error::InvalidCursor)?;
        self.keys
            .iter()
            .any(|key| mac(key, list, position).verify_truncated_left(seal).is_ok())
            .then(|| position.to_owned())
            .ok_or(Error::InvalidCursor)
    }
}

/// The prefix separates cursors from token signatures: no token begins like this.
fn mac(key: &Hmac<Sha256>, list: &str, position: &str) -> Hmac<Sha256> {
    let lengths = [list.len() as u64, position.len() as u64].map(u64::to_be_bytes);
    key.clone()
        .chain_update("cursor:")
        .chain_update(lengths.as_flattened())
        .chain_update(list)
        .chain_update(position)
}

impl fmt::Debug for CursorSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorSeal(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal(secret: &str, previous: &str) -> CursorSeal {
        let settings = Settings::read(|name| match name {
            "BETTER_AUTH_SECRET" => Some(secret.to_owned()),
            "BETTER_AUTH_SECRET_PREVIOUS" => Some(previous.to_owned()),
            _ => None,
        });
        CursorSeal::new(&settings.unwrap())
    }

    const OLD: &str = "the secret that was in use before it";
    const NEW: &str = "the secret that the tests sign with";

    #[test]
    fn a_cursor_opens_only_the_list_it_was_made_for() {
        let new = seal(NEW, OLD);
        let cursor = new.seal("a", "position").unwrap();
        assert_eq!(new.open("a", &cursor).unwrap(), "position");
        assert!(new.open("b", &cursor).is_err());
        let moved = new.seal("ap", "lace").unwrap();
        assert!(new.open("a", &moved).is_err());
        for bad in ["", "AAAA", "!", &cursor[1..], &format!("{cursor}A")] {
            assert!(new.open("a", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn cursors_survive_a_rotation_of_the_secret() {
        let cursor = seal(OLD, "").seal("a", "position").unwrap();
        assert_eq!(seal(NEW, OLD).open("a", &cursor).unwrap(), "position");
        assert!(seal(NEW, "").open("a", &cursor).is_err());
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
            prop_assert_eq!(seal.open(&other, &cursor).is_ok(), other == list);
        }

        #[test]
        fn list_and_position_cannot_be_shifted_into_each_other(list in "[a-z]{1,6}", rest in "[a-z]{1,6}") {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal(&format!("{list}{rest}"), "").unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
            bytes.extend_from_slice(rest.as_bytes());
            prop_assert!(seal.open(&list, &URL_SAFE_NO_PAD.encode(bytes)).is_err());
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
                prop_assert_eq!(seal.open("list", &changed).is_ok(), changed == cursor);
            }
        }

        #[test]
        fn a_made_up_cursor_is_refused(cursor in "\\PC*|[A-Za-z0-9_=-]{0,80}") {
            prop_assert!(seal(NEW, OLD).open("list", &cursor).is_err());
        }
    }
}
