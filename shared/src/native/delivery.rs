//! `credentials_handling`: how a token is handed out.

use crate::session::Transport;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    CookieAndBody,
    CookieOnly,
    BodyOnly,
}

impl Delivery {
    pub fn parse(handling: &str) -> Result<Self, &'static str> {
        match handling {
            "include" => Ok(Self::CookieAndBody),
            "same-origin" => Ok(Self::CookieOnly),
            "omit" => Ok(Self::BodyOnly),
            _ => Err("Give one of include, same-origin and omit."),
        }
    }

    /// The way the previous token came in.
    #[must_use]
    pub fn like(transport: Transport) -> Self {
        match transport {
            Transport::Bearer => Self::BodyOnly,
            Transport::Cookie => Self::CookieOnly,
        }
    }

    #[must_use]
    pub fn by_cookie(self) -> bool {
        self != Self::BodyOnly
    }

    #[must_use]
    pub fn in_body(self) -> bool {
        self != Self::CookieOnly
    }
}
