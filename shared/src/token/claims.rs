//! The claims of a session token, and the rules that they must meet.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{SessionId, TokenId};
use crate::{Timestamp, TokenFault};

/// How far the clock of an issuer may be ahead of ours.
pub const LEEWAY_SECONDS: i64 = 60;
pub(super) const LONGEST_LIFE_SECONDS: i64 = 2_592_000;

/// When the last token of a session that ends now has expired, whoever issued it. A new password may
/// have given the session a token at this very moment, so nothing that was read before tells earlier.
#[must_use]
pub fn last_expiry(now: Timestamp) -> Timestamp {
    Timestamp::from_seconds(now.seconds() + LEEWAY_SECONDS + LONGEST_LIFE_SECONDS)
}

/// The rules that settings decide.
#[derive(Clone, Copy)]
pub(super) struct ClaimRules {
    pub(super) max_age_seconds: i64,
    pub(super) accept_foreign: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub user_id: Uuid,
    pub session_id: SessionId,
    pub token_id: TokenId,
    pub issued_at: i64,
    pub expires_at: i64,
    /// When the password was given.
    pub auth_time: i64,
    /// How often all sessions of the account had been ended at once when the token was issued.
    /// Tokens that another issuer signed with our secret do not have it.
    pub generation: Option<u64>,
    pub signed_with: SignedWith,
}

/// Both of our secrets sign during a rotation: functions change one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedWith {
    CurrentSecret,
    PreviousSecret,
}

impl Claims {
    /// Reads a payload whose signature has been verified.
    pub(super) fn read(
        payload: &Map<String, Value>,
        signed_with: SignedWith,
        now: Timestamp,
        rules: ClaimRules,
    ) -> Result<Self, TokenFault> {
        let user_id = identity(payload)?;
        let token_id =
            id(payload, "jti", TokenId::parse)?.ok_or(TokenFault::ClaimsInvalid("no jti"))?;
        let issued_at = time(payload, "iat")?.ok_or(TokenFault::ClaimsInvalid("no iat"))?;
        let expires_at = time(payload, "exp")?.ok_or(TokenFault::ClaimsInvalid("no exp"))?;
        let auth_time = time(payload, "auth_time")?.unwrap_or(issued_at);
        let not_before = time(payload, "nbf")?.unwrap_or(issued_at);
        let generation = match payload.get("gen") {
            None if !rules.accept_foreign => return Err(TokenFault::ClaimsInvalid("no gen")),
            None => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .ok_or(TokenFault::ClaimsInvalid("gen is not a count"))?,
            ),
        };

        if issued_at > expires_at {
            return Err(TokenFault::ClaimsInvalid("issued after it expires"));
        }
        if expires_at - issued_at > LONGEST_LIFE_SECONDS {
            return Err(TokenFault::ClaimsInvalid("a life of over 30 days"));
        }
        if auth_time > issued_at {
            return Err(TokenFault::ClaimsInvalid(
                "issued before the password was given",
            ));
        }
        if issued_at.max(not_before) > now.seconds() + LEEWAY_SECONDS {
            return Err(TokenFault::NotYetValid);
        }
        let session_end = auth_time.saturating_add(rules.max_age_seconds);
        if expires_at.min(session_end) <= now.seconds() {
            return Err(TokenFault::Expired);
        }
        Ok(Self {
            user_id,
            session_id: id(payload, "sid", SessionId::parse)?
                .unwrap_or_else(|| token_id.clone().into()),
            token_id,
            issued_at,
            expires_at,
            auth_time,
            generation,
            signed_with,
        })
    }

    pub(super) fn to_payload(&self, email: &str) -> Value {
        json!({
            "sub": self.user_id,
            "user_id": self.user_id,
            "email": email,
            "iat": self.issued_at,
            "exp": self.expires_at,
            "jti": self.token_id,
            "sid": self.session_id,
            "auth_time": self.auth_time,
            "gen": self.generation,
        })
    }
}

/// `sub` and `user_id` both name the user. One of them is enough; both must be equal.
fn identity(payload: &Map<String, Value>) -> Result<Uuid, TokenFault> {
    let spelling = match (payload.get("sub"), payload.get("user_id")) {
        (None, None) => return Err(TokenFault::ClaimsInvalid("no identity")),
        (Some(sub), Some(user_id)) if sub != user_id => {
            return Err(TokenFault::ClaimsInvalid("sub and user_id differ"));
        }
        (Some(identity), _) | (None, Some(identity)) => identity,
    };
    let fault = TokenFault::ClaimsInvalid("the identity is not a canonical UUID");
    let text = spelling.as_str().ok_or(fault)?;
    Uuid::try_parse(text)
        .ok()
        .filter(|uuid| uuid.to_string() == text)
        .ok_or(fault)
}

fn id<T>(
    payload: &Map<String, Value>,
    name: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, TokenFault> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    value
        .as_str()
        .and_then(parse)
        .map(Some)
        .ok_or(TokenFault::ClaimsInvalid(
            "jti or sid is not 1 to 128 visible characters",
        ))
}

fn time(payload: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenFault> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    value
        .as_i64()
        .filter(|seconds| (0..=253_402_300_799).contains(seconds))
        .map(Some)
        .ok_or(TokenFault::ClaimsInvalid(
            "a time is not whole seconds between 1970 and 9999",
        ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_176_000;
    const MAX_AGE: i64 = 2_592_000;
    const USER: &str = "5eb1cdc4-e7ae-4e77-990e-c40aa069168c";

    fn read_by(accept_foreign: bool, payload: &Value) -> Result<Claims, TokenFault> {
        let rules = ClaimRules {
            max_age_seconds: MAX_AGE,
            accept_foreign,
        };
        let now = Timestamp::from_seconds(NOW);
        let payload = payload.as_object().unwrap();
        Claims::read(payload, SignedWith::CurrentSecret, now, rules)
    }

    fn read(payload: &Value) -> Result<Claims, TokenFault> {
        read_by(true, payload)
    }

    /// Times at and around every bound, and values that are no times.
    fn time() -> impl Strategy<Value = Value> {
        let about = proptest::sample::select(vec![0, NOW - MAX_AGE, NOW, NOW + 60, NOW + MAX_AGE]);
        prop_oneof![
            6 => (about, -2_i64..=2).prop_map(|(moment, off)| json!(moment + off)),
            1 => proptest::sample::select(vec![
                json!(null), json!("1795176000"), json!(1_795_176_000.5), json!(i64::MAX),
                json!(u64::MAX), json!(253_402_300_799_i64), json!(253_402_300_800_i64), json!([]),
            ]),
        ]
    }

    fn id() -> impl Strategy<Value = Value> {
        prop_oneof![
            4 => "[!-~]{1,128}".prop_map(Value::from),
            1 => prop_oneof![any::<String>(), Just("x".repeat(129))].prop_map(Value::from),
            1 => proptest::sample::select(vec![json!(null), json!(7), json!("")]),
        ]
    }

    fn identity() -> impl Strategy<Value = Value> {
        let other = "00000000-0000-4000-8000-000000000000";
        prop_oneof![
            5 => Just(json!(USER)),
            1 => proptest::sample::select(vec![
                json!(other), json!(USER.to_uppercase()), json!(USER.replace('-', "")),
                json!(format!("{{{USER}}}")), json!(null), json!(7),
            ]),
        ]
    }

    /// Most payloads have most claims.
    fn payload() -> impl Strategy<Value = Value> {
        let count = prop_oneof![
            any::<u64>().prop_map(Value::from),
            Just(json!(-1)),
            Just(json!(null))
        ];
        let often = |claim: BoxedStrategy<Value>| proptest::option::weighted(0.8, claim);
        let rarely = |claim: BoxedStrategy<Value>| proptest::option::weighted(0.3, claim);
        (
            [often(identity().boxed()), rarely(identity().boxed())],
            [often(id().boxed()), rarely(id().boxed())],
            [
                often(time().boxed()),
                often(time().boxed()),
                rarely(time().boxed()),
                rarely(time().boxed()),
            ],
            rarely(count.boxed()),
        )
            .prop_map(|(identities, ids, times, count)| {
                let names = [
                    "sub",
                    "user_id",
                    "jti",
                    "sid",
                    "iat",
                    "exp",
                    "auth_time",
                    "nbf",
                    "gen",
                ];
                let values = identities
                    .into_iter()
                    .chain(ids)
                    .chain(times)
                    .chain([count]);
                let there = names.into_iter().zip(values);
                there
                    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                    .collect()
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn accepted_claims_meet_every_rule(payload in payload()) {
            let own = read_by(false, &payload);
            let Ok(claims) = read(&payload) else {
                prop_assert!(own.is_err());
                return Ok(());
            };
            prop_assert_eq!(own.ok(), claims.generation.map(|_| claims.clone()));
            let user_id = claims.user_id.to_string();
            for name in ["sub", "user_id"] {
                prop_assert!(payload.get(name).is_none_or(|identity| *identity == user_id));
            }
            prop_assert_eq!(&payload["jti"], claims.token_id.as_str());
            prop_assert_eq!(payload.get("sid").unwrap_or(&payload["jti"]), claims.session_id.as_str());
            prop_assert!(claims.session_id.as_str().len() <= 128 && claims.token_id.as_str().len() <= 128);
            prop_assert_eq!(&payload["iat"], claims.issued_at);
            prop_assert_eq!(&payload["exp"], claims.expires_at);
            prop_assert!(0 <= claims.auth_time && claims.auth_time <= claims.issued_at);
            prop_assert!(claims.issued_at <= NOW + 60 && NOW < claims.expires_at);
            prop_assert!(claims.expires_at - claims.issued_at <= MAX_AGE);
            prop_assert!(NOW < claims.auth_time + MAX_AGE);
            prop_assert!(payload.get("nbf").is_none_or(|nbf| nbf.as_i64().unwrap() <= NOW + 60));
            prop_assert_eq!(payload.get("gen").map(|count| count.as_u64().unwrap()), claims.generation);
            // They survive another round trip.
            prop_assert_eq!(payload.get("gen").map(|_| read(&claims.to_payload("x"))),
                payload.get("gen").map(|_| Ok(claims)));
        }
    }

    #[test]
    fn every_required_claim_is_required() {
        let good = json!({"sub": USER, "jti": "token-1", "iat": NOW, "exp": NOW + 1, "gen": 0});
        assert!(read_by(false, &good).is_ok());
        for name in ["sub", "jti", "iat", "exp", "gen"] {
            let mut less = good.clone();
            less.as_object_mut().unwrap().remove(name);
            let fault = read_by(false, &less).unwrap_err();
            assert!(matches!(fault, TokenFault::ClaimsInvalid(_)), "{name}");
        }
    }
}
