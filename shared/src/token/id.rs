//! The ids of sessions (`sid`) and of tokens (`jti`).

use std::fmt;

use serde::Serialize;

use crate::{Entropy, Error};

/// Ids become part of a DynamoDB key, which is bounded.
const LONGEST_ID_BYTES: usize = 128;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

impl From<TokenId> for SessionId {
    /// A token without `sid` is a session of its own.
    fn from(id: TokenId) -> Self {
        Self(id.0)
    }
}

fn is_valid(text: &str) -> bool {
    (1..=LONGEST_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
