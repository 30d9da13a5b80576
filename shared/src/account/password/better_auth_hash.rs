//! A password hash of a Better Auth database: scrypt, as the hex digits of its salt and of its key. It is
//! compared and never made.

use argon2::password_hash::phc::Output;
use scrypt::Params;
use unicode_normalization::UnicodeNormalization;

use super::Password;
use crate::Error;

// The cost: N = 16,384, r = 16, p = 1. It needs 32 MiB.
const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;
const SALT_DIGITS: usize = 32;
const KEY_BYTES: usize = 64;

#[derive(Clone)]
pub(super) struct BetterAuthHash {
    salt: String,
    key: Output,
}

impl BetterAuthHash {
    pub(super) fn parse(stored: &str) -> Option<Self> {
        let (salt, key) = stored.split_once(':')?;
        let is_salt = salt.len() == SALT_DIGITS && salt.bytes().all(is_hex_digit);
        let key = key_bytes(key)?;
        is_salt.then_some(Self {
            salt: salt.to_owned(),
            key: Output::new(&key).ok()?,
        })
    }

    pub(super) fn matches(&self, password: &Password) -> Result<bool, Error> {
        let cost = Params::new(LOG_N, R, P).map_err(failed)?;
        let compatible: String = password.as_str().nfkc().collect();
        let mut key = [0; KEY_BYTES];
        // The salt is its hex digits as text, not the bytes that they stand for.
        scrypt::scrypt(compatible.as_bytes(), self.salt.as_bytes(), &cost, &mut key)
            .map_err(failed)?;
        let key = Output::new(&key).map_err(failed)?;
        // `Output` compares in constant time.
        Ok(key == self.key)
    }
}

fn failed<E>(_: E) -> Error {
    Error::Internal("hashing failed")
}

fn key_bytes(digits: &str) -> Option<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if pairs.len() != KEY_BYTES || !rest.is_empty() || !digits.bytes().all(is_hex_digit) {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

/// Better Auth writes small digits.
fn is_hex_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Made by Python's `hashlib.scrypt`, as Better Auth calls it.
    const PLAIN: (&str, &str) = (
        "correct horse battery",
        "000102030405060708090a0b0c0d0e0f:\
         70cc7d605f9fd0bfd324b3978bd79ee81076d98810046ed91604c3cb8aa69577\
         61a2b0b97abf1e7c417ec4a9baa7bd1ce53449880d90dc1117c88d69b4f0b72e",
    );
    const IN_NFKC: (&str, &str) = (
        "\u{FB01}nd the \u{C5}ngstr\u{F6}m \u{BD} way",
        "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf:\
         8d8da2c9e2b6960bacc8f57c050678f6c1ad4a8b734c7cce12e41420425a80db\
         f170ee7452d426589333a87e4bdc635ca8d9a81ab076626b4b835bb170ba93cb",
    );

    #[test]
    fn the_right_password_alone_matches() {
        for (password, stored) in [PLAIN, IN_NFKC] {
            let hash = BetterAuthHash::parse(stored).unwrap();
            assert!(hash.matches(&Password::read(password).unwrap()).unwrap());
            let other = format!("{password}.");
            assert!(!hash.matches(&Password::read(&other).unwrap()).unwrap());
        }
    }

    #[test]
    fn only_the_form_of_that_product_is_read() {
        let (_, stored) = PLAIN;
        let (salt, key) = stored.split_once(':').unwrap();
        for other in [
            "",
            ":",
            salt,
            &format!("{salt}:"),
            &format!("{salt}:{}", &key[1..]),
            &format!("{salt}:{key}0"),
            &format!("{salt}:{key}00"),
            &format!("{}:{key}", &salt[1..]),
            &format!("{}:{key}", salt.to_uppercase()),
            &format!("{salt}:{}", key.to_uppercase()),
            &format!("{salt}:+{}", &key[1..]),
            &format!("{salt}:{key}:"),
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        ] {
            assert!(BetterAuthHash::parse(other).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(stored in "\\PC*|[0-9a-f]{30,34}:[0-9a-f]{126,130}") {
            let parsed = BetterAuthHash::parse(&stored).is_some();
            prop_assert_eq!(parsed, stored.len() == 161 && stored.is_ascii() && stored.find(':') == Some(32));
        }
    }
}
