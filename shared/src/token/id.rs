//! The ids of sessions (`sid`) and of tokens (`jti`).

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Entropy, Error, Pseudonyms};

/// Ids become part of a DynamoDB key, which is bounded.
const LONGEST_ID_BYTES: usize = 128;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            pub fn random(entropy: &Entropy) -> Result<Self, Error> {
                Ok(Self(entropy.uuid()?.to_string()))
            }

            /// 1 to 128 visible ASCII characters: another issuer may use other ids than UUIDs.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_valid(text).then(|| Self(text.to_owned()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, &'static str> {
                if is_valid(&text) {
                    Ok(Self(text))
                } else {
                    Err("an id is 1 to 128 visible ASCII characters")
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A session keeps its id through all refreshes.
    SessionId
}

id! {
    /// Every token has its own id.
    TokenId
}

impl TokenId {
    /// The id of the token that this one is traded in for. It follows from this id, so that trades
    /// by a thief and by the owner give one token and not two that live side by side.
    #[must_use]
    pub fn successor(&self, user_id: Uuid, pseudonyms: &Pseudonyms) -> Self {
        let bytes = pseudonyms.bytes("successor", &format!("{user_id}/{self}"));
        let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
        Self(id.to_string())
    }
}

impl From<TokenId> for SessionId {
    /// A token without `sid` is a session of its own.
    fn from(id: TokenId) -> Self {
        Self(id.0)
    }
}

fn is_valid(text: &str) -> bool {
    (1..=LONGEST_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
