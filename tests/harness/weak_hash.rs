//! A password hash with a lower cost than the current one, as an older version stored it.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

pub fn weak_hash(password: &str) -> String {
    let params = Params::new(1024, 1, 1, None).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), b"sixteen byte salt")
        .unwrap()
        .to_string()
}
