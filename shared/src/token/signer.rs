//! Signs and verifies session tokens: JWTs with HS256.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto};
use serde_json::{Map, Value};

use super::{
    SessionId, TokenId,
    claims::{ClaimRules, Claims, SignedWith},
    hs256,
};
use crate::{
    Entropy, Error, Pseudonyms, Settings, SigningSecret, Timestamp, TokenFault, account::Account,
    strict_json,
};

const LONGEST_TOKEN_BYTES: usize = 4096;

pub struct TokenSigner {
    signing: EncodingKey,
    current: SecretKeys,
    previous: Option<SecretKeys>,
    ttl_seconds: i64,
    rules: ClaimRules,
}

/// The uses of one secret besides signing.
struct SecretKeys {
    verifying: DecodingKey,
    successors: Pseudonyms,
}

impl SecretKeys {
    fn new(secret: &SigningSecret) -> Self {
        Self {
            verifying: DecodingKey::from_secret(secret.as_bytes()),
            successors: Pseudonyms::under(secret),
        }
    }
}

/// A new token, with its claims.
pub struct IssuedToken {
    pub token: String,
    pub claims: Claims,
}

impl TokenSigner {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        hs256::install();
        Self {
            signing: EncodingKey::from_secret(settings.secret.as_bytes()),
            current: SecretKeys::new(&settings.secret),
            previous: settings.previous_secret.as_ref().map(SecretKeys::new),
            ttl_seconds: settings.session_ttl_seconds,
            rules: ClaimRules {
                max_age_seconds: settings.session_max_age_seconds,
                accept_foreign: settings.accept_foreign_tokens,
            },
        }
    }

    /// The first token of a new session. The password has just been verified.
    pub fn open(
        &self,
        account: &Account,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<IssuedToken, Error> {
        let session_id = SessionId::random(entropy)?;
        self.issue(account, session_id, now.seconds(), now, entropy)
    }

    /// Another token of an existing session.
    pub fn issue(
        &self,
        account: &Account,
        session_id: SessionId,
        auth_time: i64,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<IssuedToken, Error> {
        let token_id = TokenId::random(entropy)?;
        self.sign(account, session_id, token_id, auth_time, now)
    }

    /// The token that another one is traded in for. The same trade at the same time gives the same
    /// token.
    pub fn succeed(
        &self,
        account: &Account,
        old: Claims,
        traded_in_at: Timestamp,
    ) -> Result<IssuedToken, Error> {
        // The secret that signed the old token gives one id wherever a rotation has come to.
        let keys = match old.signed_with {
            SignedWith::CurrentSecret => Some(&self.current),
            SignedWith::PreviousSecret => self.previous.as_ref(),
        };
        let keys = keys.ok_or(Error::Internal("no key for the next token"))?;
        let token_id = old.token_id.successor(account.id, &keys.successors);
        self.sign(
            account,
            old.session_id,
            token_id,
            old.auth_time,
            traded_in_at,
        )
    }

    fn sign(
        &self,
        account: &Account,
        session_id: SessionId,
        token_id: TokenId,
        auth_time: i64,
        now: Timestamp,
    ) -> Result<IssuedToken, Error> {
        let issued_at = now.seconds();
        let claims = Claims {
            user_id: account.id,
            session_id,
            token_id,
            issued_at,
            expires_at: self.expiry(auth_time, now),
            auth_time,
            generation: Some(account.session_generation),
            signed_with: SignedWith::CurrentSecret,
        };
        let payload = claims.to_payload(&account.email);
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &payload, &self.signing)
            .map_err(|_| Error::Internal("a token could not be signed"))?;
        Ok(IssuedToken { token, claims })
    }

    /// The expiry of a token of that session that is issued at that time.
    #[must_use]
    pub fn expiry(&self, auth_time: i64, issued_at: Timestamp) -> i64 {
        let session_end = auth_time.saturating_add(self.rules.max_age_seconds);
        (issued_at.seconds() + self.ttl_seconds).min(session_end)
    }

    /// Before the signature is verified, only the header is read, and only HS256 is accepted.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenFault> {
        if token.len() > LONGEST_TOKEN_BYTES {
            return Err(TokenFault::Malformed("over 4,096 bytes"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenFault::Malformed("not three parts"));
        };
        check_header(&json_part(
            header,
            TokenFault::Malformed("unreadable header"),
        )?)?;
        let signed = token
            .get(..header.len() + 1 + payload.len())
            .ok_or(TokenFault::Malformed("not three parts"))?;
        let signed_with = self.check_signature(signed, signature)?;
        let payload = json_part(payload, TokenFault::ClaimsInvalid("unreadable claims"))?;
        Claims::read(&payload, signed_with, now, self.rules)
    }

    fn check_signature(&self, signed: &str, signature: &str) -> Result<SignedWith, TokenFault> {
        let unreadable = TokenFault::Malformed("unreadable signature");
        let current = Some((&self.current, SignedWith::CurrentSecret));
        let previous = self.previous.as_ref();
        let previous = previous.map(|keys| (keys, SignedWith::PreviousSecret));
        for (keys, signed_with) in current.into_iter().chain(previous) {
            let key = &keys.verifying;
            if crypto::verify(signature, signed.as_bytes(), key, Algorithm::HS256)
                .map_err(|_| unreadable)?
            {
                return Ok(signed_with);
            }
        }
        Err(TokenFault::SignatureInvalid("signed with another key"))
    }
}

fn check_header(header: &Map<String, Value>) -> Result<(), TokenFault> {
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(TokenFault::SignatureInvalid("not signed with HS256"));
    }
    if header.get("typ").is_some_and(|typ| typ != "JWT") {
        return Err(TokenFault::Malformed("typ is not JWT"));
    }
    // RFC 7515, 4.1.11: the extensions it names must be understood. None is.
    if header.contains_key("crit") {
        return Err(TokenFault::Malformed("has crit"));
    }
    Ok(())
}

/// Decodes canonical base64url of a JSON object without repeated keys.
fn json_part(part: &str, not_an_object: TokenFault) -> Result<Map<String, Value>, TokenFault> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenFault::Malformed("not base64url"))?;
    match strict_json::parse(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(not_an_object),
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSigner(..)")
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::account::{Email, Username};

    const NOW: i64 = 1_795_176_000;
    const SECRET: &str = "the secret that the tests sign with";
    const OTHER: &str = "a secret that nobody here signs with";

    fn signer(pairs: &[(&str, String)]) -> TokenSigner {
        let settings = Settings::read(|name| {
            let own = pairs.iter().find(|(known, _)| *known == name);
            own.map(|(_, value)| value.clone())
        });
        TokenSigner::new(&settings.unwrap())
    }

    fn plain() -> TokenSigner {
        signer(&[("BETTER_AUTH_SECRET", SECRET.to_owned())])
    }

    fn account(email: &str, generation: u64) -> Account {
        let email = Email::parse(email).unwrap();
        let username = Username::parse("ada").unwrap();
        let now = Timestamp::from_seconds(NOW);
        Account {
            session_generation: generation,
            ..Account::new(
                Uuid::nil(),
                &email,
                &username,
                [None, None],
                String::new(),
                now,
            )
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn issued(signer: &TokenSigner) -> IssuedToken {
        let opened = signer.open(&account("ada@example.com", 0), at(NOW), &Entropy::system());
        opened.unwrap()
    }

    proptest! {
        #[test]
        fn an_issued_token_is_valid_until_it_expires(
            email in "[a-z!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zа-я]{1,20}\\.[a-z]{2,9}",
            session_id in "[!-~]{1,128}",
            generation in any::<u64>(),
            ttl in 300_i64..=2_592_000,
            age in 0_i64..2_592_000,
            waited in 0.0..1.0,
        ) {
            let signer = signer(&[
                ("BETTER_AUTH_SECRET", SECRET.to_owned()),
                ("SESSION_TTL_SECONDS", ttl.to_string()),
            ]);
            let account = account(&email, generation);
            let issued = signer
                .issue(&account, SessionId::parse(&session_id).unwrap(), NOW - age, at(NOW), &Entropy::system())
                .unwrap();
            let life = ttl.min(2_592_000 - age);
            prop_assert_eq!(issued.claims.expires_at, NOW + life);
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            let later = NOW + (life as f64 * waited) as i64;
            for moment in [NOW - 60, NOW, later, NOW + life - 1] {
                let claims = signer.verify(&issued.token, at(moment));
                prop_assert_eq!(claims.as_ref(), Ok(&issued.claims));
            }
            let early = signer.verify(&issued.token, at(NOW - 61));
            prop_assert_eq!(early, Err(TokenFault::NotYetValid));
            let late = signer.verify(&issued.token, at(NOW + life));
            prop_assert_eq!(late, Err(TokenFault::Expired));
        }

        #[test]
        fn a_token_with_one_changed_byte_is_refused(place in any::<proptest::sample::Index>(), byte in any::<u8>()) {
            let signer = plain();
            let good = issued(&signer).token;
            let mut bytes = good.clone().into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            if let Ok(spoilt) = String::from_utf8(bytes) {
                prop_assert_eq!(signer.verify(&spoilt, at(NOW)).is_ok(), spoilt == good);
            }
        }

        #[test]
        fn made_up_tokens_are_refused(
            text in prop_oneof![any::<String>(), "[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,3}"],
        ) {
            prop_assert!(plain().verify(&text, at(NOW)).is_err());
        }

        #[test]
        fn a_token_with_a_prefix_or_suffix_is_refused(more in "[A-Za-z0-9_.= -]{1,6}") {
            let signer = plain();
            let good = issued(&signer).token;
            for spoilt in [format!("{more}{good}"), format!("{good}{more}"), good.replace('.', &more)] {
                prop_assert!(spoilt == good || signer.verify(&spoilt, at(NOW)).is_err());
            }
        }
    }

    #[test]
    fn a_token_of_the_previous_secret_is_valid_and_one_of_another_secret_is_not() {
        let old = issued(&signer(&[("BETTER_AUTH_SECRET", OTHER.to_owned())]));
        let rotated = signer(&[
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("BETTER_AUTH_SECRET_PREVIOUS", OTHER.to_owned()),
        ]);
        let claims = Claims {
            signed_with: SignedWith::PreviousSecret,
            ..old.claims
        };
        assert_eq!(rotated.verify(&old.token, at(NOW)), Ok(claims));
        let refused = plain().verify(&old.token, at(NOW)).unwrap_err();
        assert!(matches!(refused, TokenFault::SignatureInvalid(_)));
    }

    /// Functions before and after a rotation may trade in one token at once.
    #[test]
    fn a_rotation_of_the_secret_does_not_change_the_successor() {
        let both = |current: &str, previous: &str| {
            signer(&[
                ("BETTER_AUTH_SECRET", current.to_owned()),
                ("BETTER_AUTH_SECRET_PREVIOUS", previous.to_owned()),
            ])
        };
        let (before, after) = (both(OTHER, SECRET), both(SECRET, OTHER));
        let ids = |token: &str| {
            [&before, &after].map(|signer| {
                let old = signer.verify(token, at(NOW)).unwrap();
                let account = account("ada@example.com", 0);
                let issued = signer.succeed(&account, old, at(NOW)).unwrap();
                issued.claims.token_id
            })
        };
        for token in [issued(&before).token, issued(&after).token] {
            let [by_old, by_new] = ids(&token);
            assert_eq!(by_old, by_new);
        }
    }
}
