//! `credentials_handling`: how a token is handed out.

use crate::{http::Form, session::Transport};

const COOKIE_ALONE: &str = "Give same-origin or leave this out: a token that came in the cookie has its successor in the cookie alone.";

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

    /// Reads how the successor of a token is handed out: by default, the way the token came in.
    ///
    /// Scripts of a page cannot read the cookie. A body would show them what it keeps from them.
    pub fn read_for_successor(form: &mut Form, transport: Transport) -> Self {
        let chosen = form.optional("credentials_handling", |handling| {
            let delivery = Self::parse(handling)?;
            if transport == Transport::Cookie && delivery.in_body() {
                return Err(COOKIE_ALONE);
            }
            Ok(delivery)
        });
        chosen.unwrap_or(match transport {
            Transport::Bearer => Self::BodyOnly,
            Transport::Cookie => Self::CookieOnly,
        })
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
