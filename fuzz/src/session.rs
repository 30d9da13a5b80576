//! Tokens of ours, and forged ones that are signed with the secret.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::{
    Entropy, Settings, Timestamp,
    account::{Account, Email, Username},
    token::TokenSigner,
};
use uuid::Uuid;

pub const SECRET: &str = "the secret that the fuzz targets sign with";
/// 2026-11-20, at noon.
pub const NOW: i64 = 1_795_176_000;

#[must_use]
pub fn settings() -> Settings {
    Settings::read(|name| (name == "BETTER_AUTH_SECRET").then(|| SECRET.to_owned())).unwrap()
}

pub fn signer() -> &'static TokenSigner {
    static SIGNER: LazyLock<TokenSigner> = LazyLock::new(|| TokenSigner::new(&settings()));
    &SIGNER
}

/// Also accepts the tokens of another issuer.
pub fn signer_for_foreign() -> &'static TokenSigner {
    static SIGNER: LazyLock<TokenSigner> = LazyLock::new(|| {
        let accepting = Settings {
            accept_foreign_tokens: true,
            ..settings()
        };
        TokenSigner::new(&accepting)
    });
    &SIGNER
}

#[must_use]
pub fn user_id() -> Uuid {
    Uuid::from_u128(0x5eb1_cdc4_e7ae_4e77_990e_c40a_a069_168c)
}

#[must_use]
pub fn account() -> Account {
    Account::new(
        user_id(),
        &Email::parse("ada@example.com").unwrap(),
        &Username::parse("ada").unwrap(),
        [None, None],
        String::new(),
        Timestamp::from_seconds(NOW),
    )
}

pub fn good_token() -> &'static str {
    static TOKEN: LazyLock<String> = LazyLock::new(|| {
        let entropy = Entropy::new(|bytes| {
            bytes.fill(7);
            Ok(())
        });
        let now = Timestamp::from_seconds(NOW);
        signer().open(&account(), now, &entropy).unwrap().token
    });
    &TOKEN
}

/// Signs any header and claims.
#[must_use]
pub fn forge(header: &[u8], claims: &[u8]) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}
