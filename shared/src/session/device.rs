//! The device cookie. A browser that an owner has logged in with has a count of failures of its own, so
//! strangers who guess the password elsewhere cannot lock the owner out:
//! <https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies>.

use http::HeaderMap;
use uuid::Uuid;

use super::cookie;
use crate::{App, Entropy, Error, account::Account};

const LIFE_SECONDS: i64 = 180 * 24 * 60 * 60;
const PURPOSE: &str = "device";

/// Bound to an account and its password. It proves no identity: the password is asked for all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: Uuid,
    pub user_id: Uuid,
    password_generation: u64,
}

impl Device {
    pub fn new(account: &Account, entropy: &Entropy) -> Result<Self, Error> {
        Ok(Self {
            id: entropy.uuid()?,
            user_id: account.id,
            password_generation: account.password_generation,
        })
    }

    /// The device of a request, if its cookie is one of ours and has not expired. A bad cookie counts as
    /// none: the call goes on as it would in a new browser.
    #[must_use]
    pub fn from_headers(app: &App, headers: &HeaderMap) -> Option<Self> {
        let name = cookie::device_name(app.settings.cookie_naming);
        let mut values = cookie::values(headers, name);
        let sealed = str::from_utf8(values.next()?).ok()?;
        // Another host of the domain may have set one of them.
        if values.next().is_some() {
            return None;
        }
        let (device, expires_at) = Self::parse(&app.seal.open(PURPOSE, sealed)?)?;
        (expires_at > app.clock.now().seconds()).then_some(device)
    }

    /// A new password voids every device.
    #[must_use]
    pub fn is_of(&self, account: &Account) -> bool {
        self.user_id == account.id && self.password_generation == account.password_generation
    }

    /// The cookie, renewed.
    pub fn cookie(&self, app: &App) -> Result<String, Error> {
        let Self {
            id,
            user_id,
            password_generation,
        } = self;
        let expires_at = app.clock.now().seconds() + LIFE_SECONDS;
        let text = format!("{id}/{user_id}/{password_generation}/{expires_at}");
        let sealed = app.seal.seal(PURPOSE, &text)?;
        let name = cookie::device_name(app.settings.cookie_naming);
        Ok(cookie::set_cookie(
            name,
            &sealed,
            LIFE_SECONDS,
            &app.settings,
        ))
    }

    fn parse(text: &str) -> Option<(Self, i64)> {
        let mut parts = text.split('/');
        let device = Self {
            id: parts.next()?.parse().ok()?,
            user_id: parts.next()?.parse().ok()?,
            password_generation: parts.next()?.parse().ok()?,
        };
        Some((device, parts.next()?.parse().ok()?))
    }
}
