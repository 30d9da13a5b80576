//! Cursors: a place in a list, sealed so that it is good only for the list that it was made for.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Error, Settings};

/// Enough of the seal that guessing it is hopeless; a cursor opens nothing but its owner's own list.
const SEAL_BYTES: usize = 16;

pub struct CursorSeal {
    /// The secret in use first, then the one before it.
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

    /// `list` names everything that the place depends on: whose list, its filters and its order.
    pub fn seal(&self, list: &str, place: &str) -> Result<String, Error> {
        let key = self
            .keys
            .first()
            .ok_or(Error::Internal("no key for cursors"))?;
        let mut bytes = mac(key, list, place).finalize().into_bytes()[..SEAL_BYTES].to_vec();
        bytes.extend_from_slice(place.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn open(&self, list: &str, cursor: &str) -> Result<String, Error> {
        let bytes = URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| Error::InvalidCursor)?;
        let (seal, place) = bytes
            .split_at_checked(SEAL_BYTES)
            .ok_or(Error::InvalidCursor)?;
        let place = str::from_utf8(place).map_err(|_| Error::InvalidCursor)?;
        self.keys
            .iter()
            .any(|key| mac(key, list, place).verify_truncated_left(seal).is_ok())
            .then(|| place.to_owned())
            .ok_or(Error::InvalidCursor)
    }
}

/// The label keeps seals and token signatures apart: no token begins like this.
fn mac(key: &Hmac<Sha256>, list: &str, place: &str) -> Hmac<Sha256> {
    let lengths = [list.len() as u64, place.len() as u64].map(u64::to_be_bytes);
    key.clone()
        .chain_update("cursor:")
        .chain_update(lengths.as_flattened())
        .chain_update(list)
        .chain_update(place)
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
        let cursor = new.seal("a", "place").unwrap();
        assert_eq!(new.open("a", &cursor).unwrap(), "place");
        assert!(new.open("b", &cursor).is_err());
        let moved = new.seal("ap", "lace").unwrap();
        assert!(new.open("a", &moved).is_err());
        for bad in ["", "AAAA", "!", &cursor[1..], &format!("{cursor}A")] {
            assert!(new.open("a", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rotation_of_the_secret_keeps_cursors_good() {
        let cursor = seal(OLD, "").seal("a", "place").unwrap();
        assert_eq!(seal(NEW, OLD).open("a", &cursor).unwrap(), "place");
        assert!(seal(NEW, "").open("a", &cursor).is_err());
    }

    proptest! {
        #[test]
        fn a_cursor_opens_to_its_place_and_in_no_other_list(
            list in any::<String>(),
            other in any::<String>(),
            place in any::<String>(),
        ) {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal(&list, &place).unwrap();
            prop_assert_eq!(seal.open(&list, &cursor).unwrap(), place);
            prop_assert_eq!(seal.open(&other, &cursor).is_ok(), other == list);
        }

        #[test]
        fn where_the_list_ends_and_the_place_begins_is_sealed(list in "[a-z]{1,6}", rest in "[a-z]{1,6}") {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal(&format!("{list}{rest}"), "").unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
            bytes.extend_from_slice(rest.as_bytes());
            prop_assert!(seal.open(&list, &URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn a_changed_cursor_opens_nothing(
            place in any::<String>(),
            at in any::<proptest::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let seal = seal(NEW, OLD);
            let cursor = seal.seal("list", &place).unwrap();
            let mut bytes = cursor.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert_eq!(seal.open("list", &changed).is_ok(), changed == cursor);
            }
        }

        #[test]
        fn a_cursor_that_somebody_makes_up_opens_nothing(cursor in "\\PC*|[A-Za-z0-9_=-]{0,80}") {
            prop_assert!(seal(NEW, OLD).open("list", &cursor).is_err());
        }
    }
}
