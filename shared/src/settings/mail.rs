//! The settings of mail. Without `MAIL_FROM` and `APP_URL` no mail is written or sent.

use std::net::IpAddr;

use url::{Host, Url};

use super::{SettingsError, flag::flag};
use crate::account::Email;

const DEFAULT_APP_NAME: &str = "Latchkey";
const LONGEST_APP_NAME: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The address that mails come from.
    pub from: String,
    /// The name that mails and their subjects show.
    pub app_name: String,
    /// Without a slash at its end.
    app_url: String,
    verify_email_path: String,
    reset_password_path: String,
    /// A new account has no session before its e-mail is verified.
    pub require_verified_email: bool,
    /// The configuration set of SES. It decides where bounces and complaints are reported.
    pub configuration_set: Option<String>,
}

impl MailSettings {
    pub(super) fn read(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, SettingsError> {
        let from = lookup("MAIL_FROM").map(|from| address("MAIL_FROM", &from));
        let app_url = lookup("APP_URL").map(|url| web_address("APP_URL", &url));
        let app_name = app_name(lookup("APP_NAME"))?;
        let path = |name: &str, default: &str| path(name, lookup(name), default);
        let verify_email_path = path("VERIFY_EMAIL_PATH", "/verify-email")?;
        let reset_password_path = path("RESET_PASSWORD_PATH", "/reset-password")?;
        let require_verified_email = flag(
            "REQUIRE_VERIFIED_EMAIL",
            lookup("REQUIRE_VERIFIED_EMAIL").as_deref(),
        )?;
        let configuration_set = configuration_set(lookup("MAIL_CONFIGURATION_SET"))?;
        match (from.transpose()?, app_url.transpose()?) {
            (Some(from), Some(app_url)) => Ok(Some(Self {
                from,
                app_name,
                app_url,
                verify_email_path,
                reset_password_path,
                require_verified_email,
                configuration_set,
            })),
            _ if require_verified_email => Err(SettingsError::new(
                "REQUIRE_VERIFIED_EMAIL needs mail: set MAIL_FROM and APP_URL as well.",
            )),
            _ => Ok(None),
        }
    }

    #[must_use]
    pub fn app_url(&self) -> &str {
        &self.app_url
    }

    #[must_use]
    pub fn verify_email_url(&self) -> String {
        format!("{}{}", self.app_url, self.verify_email_path)
    }

    #[must_use]
    pub fn reset_password_url(&self) -> String {
        format!("{}{}", self.app_url, self.reset_password_path)
    }
}

fn address(name: &str, given: &str) -> Result<String, SettingsError> {
    match Email::parse(given) {
        // Mail in ASCII alone needs no extension (RFC 6531) of any server on its way.
        Ok(email) => Ok(email.normal().to_owned()),
        Err(_) => Err(SettingsError::new(format!(
            "{name} must be one address, such as no-reply@example.com."
        ))),
    }
}

/// Links carry secrets, so they lead to HTTPS; to plain HTTP only on this machine.
fn web_address(name: &str, given: &str) -> Result<String, SettingsError> {
    Url::parse(given)
        .ok()
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .filter(|url| url.scheme() == "https" || (url.scheme() == "http" && is_local(url)))
        .map(|url| url.as_str().trim_end_matches('/').to_owned())
        .ok_or_else(|| {
            SettingsError::new(format!(
                "{name} must be an https address, such as https://app.example.com, without a query."
            ))
        })
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Goes into headers of mails, so it holds nothing that has a meaning there.
fn app_name(given: Option<String>) -> Result<String, SettingsError> {
    let Some(name) = given else {
        return Ok(DEFAULT_APP_NAME.to_owned());
    };
    let name = name.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,'&+!_-".contains(c);
    if (1..=LONGEST_APP_NAME).contains(&name.len()) && name.chars().all(plain) {
        Ok(name.to_owned())
    } else {
        Err(SettingsError::new(
            "APP_NAME must be 1 to 50 English letters, digits, blanks and the signs . , ' & + ! _ -",
        ))
    }
}

fn path(name: &str, given: Option<String>, default: &str) -> Result<String, SettingsError> {
    let path = given.unwrap_or_else(|| default.to_owned());
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._~-".contains(c);
    if path.starts_with('/') && !path.contains("//") && path.chars().all(plain) {
        Ok(path)
    } else {
        Err(SettingsError::new(format!(
            "{name} must be a path, such as {default}, of letters, digits and the signs / . _ ~ -"
        )))
    }
}

fn configuration_set(given: Option<String>) -> Result<Option<String>, SettingsError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    match given {
        Some(name) if name.len() > 64 || !name.chars().all(plain) => Err(SettingsError::new(
            "MAIL_CONFIGURATION_SET must be 1 to 64 English letters, digits and the signs _ -",
        )),
        given => Ok(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Option<MailSettings>, String> {
        let lookup = |name: &str| {
            let own = given.iter().find(|(key, _)| *key == name);
            own.map(|(_, value)| (*value).to_owned())
        };
        MailSettings::read(lookup).map_err(|error| error.to_string())
    }

    const ON: [(&str, &str); 2] = [
        ("MAIL_FROM", "no-reply@Example.com"),
        ("APP_URL", "https://app.example.com/"),
    ];

    fn with(more: (&'static str, &'static str)) -> Result<Option<MailSettings>, String> {
        read(&[ON[0], ON[1], more])
    }

    #[test]
    fn mail_is_on_with_a_sender_and_an_address_of_the_app() {
        let settings = read(&ON).unwrap().unwrap();
        assert_eq!(settings.from, "no-reply@example.com");
        assert_eq!(settings.app_name, "Latchkey");
        assert!(!settings.require_verified_email);
        assert_eq!(
            settings.verify_email_url(),
            "https://app.example.com/verify-email"
        );
        assert_eq!(
            settings.reset_password_url(),
            "https://app.example.com/reset-password"
        );
        for one in ON {
            assert_eq!(read(&[one]), Ok(None));
        }
        assert_eq!(read(&[("APP_NAME", "Otter's Den")]), Ok(None));
    }

    #[test]
    fn paths_and_the_name_are_settings() {
        let settings = with(("VERIFY_EMAIL_PATH", "/a/b")).unwrap().unwrap();
        assert_eq!(settings.verify_email_url(), "https://app.example.com/a/b");
        let settings = with(("RESET_PASSWORD_PATH", "/r")).unwrap().unwrap();
        assert_eq!(settings.reset_password_url(), "https://app.example.com/r");
        let settings = with(("APP_NAME", " Otter's Den ")).unwrap().unwrap();
        assert_eq!(settings.app_name, "Otter's Den");
        assert_eq!(settings.configuration_set, None);
        let settings = with(("MAIL_CONFIGURATION_SET", "mail_events-1")).unwrap();
        let name = settings.unwrap().configuration_set;
        assert_eq!(name.as_deref(), Some("mail_events-1"));
    }

    #[test]
    fn verified_addresses_cannot_be_required_without_mail() {
        assert!(
            with(("REQUIRE_VERIFIED_EMAIL", "true"))
                .unwrap()
                .unwrap()
                .require_verified_email
        );
        let alone = read(&[("REQUIRE_VERIFIED_EMAIL", "true")]).unwrap_err();
        assert!(
            alone.starts_with("REQUIRE_VERIFIED_EMAIL needs mail"),
            "{alone}"
        );
    }

    #[test]
    fn a_link_leads_to_https_or_to_this_machine() {
        for good in [
            "https://example.com",
            "https://example.com/app",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
            "http://localhost:3000",
        ] {
            let settings = read(&[ON[0], ("APP_URL", good)]).unwrap().unwrap();
            let expected = format!("{good}/verify-email");
            assert_eq!(settings.verify_email_url(), expected);
        }
        for bad in [
            "http://example.com",
            "http://localhost.example.com",
            "https://user@example.com",
            "https://example.com/?a=b",
            "https://example.com/#a",
            "app.example.com",
            "ftp://example.com",
        ] {
            let refusal = read(&[ON[0], ("APP_URL", bad)]).unwrap_err();
            assert!(refusal.starts_with("APP_URL must be "), "{bad}: {refusal}");
        }
    }

    #[test]
    fn a_bad_value_is_refused_by_its_name() {
        for (name, bad) in [
            ("MAIL_FROM", "no-reply"),
            ("MAIL_FROM", "a@example.com, b@example.com"),
            ("MAIL_FROM", "App <a@example.com>"),
            ("APP_NAME", "a\r\nBcc: b@example.com"),
            ("APP_NAME", "\"Quoted\" <a@example.com>"),
            ("APP_NAME", "Bücher"),
            ("APP_NAME", " "),
            ("VERIFY_EMAIL_PATH", "verify"),
            ("VERIFY_EMAIL_PATH", "//example.com"),
            ("RESET_PASSWORD_PATH", "/reset?x=y"),
            ("REQUIRE_VERIFIED_EMAIL", "yes"),
            ("MAIL_CONFIGURATION_SET", "a b"),
            ("MAIL_CONFIGURATION_SET", &"a".repeat(65)),
        ] {
            let refusal = read(&[(name, bad)]).unwrap_err();
            assert!(
                refusal.starts_with(&format!("{name} must be ")),
                "{bad:?}: {refusal}"
            );
        }
    }
}
