//! Every setting, read once in the init phase. A bad value stops the function with a message that
//! names it.

mod error;
mod flag;
mod mail;

use std::ops::RangeInclusive;

use crate::{EdgeSecret, SigningSecret, limit::Rate};

pub use error::SettingsError;
use flag::flag;
pub use mail::MailSettings;

#[derive(Debug)]
pub struct Settings {
    pub secret: SigningSecret,
    pub previous_secret: Option<SigningSecret>,
    pub table_name: String,
    pub session_ttl_seconds: i64,
    pub session_max_age_seconds: i64,
    /// Tokens that another issuer signed with our secret, without `gen`.
    pub accept_foreign_tokens: bool,
    pub password_min_length: usize,
    pub cookie_same_site: SameSite,
    pub cookie_naming: CookieNaming,
    pub allowed_origins: Vec<String>,
    pub limits: Limits,
    pub log_retention_days: i64,
    /// Of one user.
    pub max_tasks: i64,
    pub edge_secret: Option<EdgeSecret>,
    /// None turns mail off.
    pub mail: Option<MailSettings>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    Lax,
    Strict,
    None,
}

/// No environment variable sets this. Only the local server, on loopback, chooses `Local`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieNaming {
    /// `__Host-session`, `Secure`.
    Host,
    /// `session`, for plain HTTP on loopback.
    Local,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub login_per_address: Rate,
    pub login_free_failures: i64,
    pub signup_per_address: Rate,
    pub refresh_per_session: Rate,
    pub renamings_per_account: Rate,
    /// Each mails a notice, to an address that may be another person's.
    pub password_changes_per_account: Rate,
    /// Each voids the owner's links and logs everybody else out, and goes on itself.
    pub endings_of_others_per_session: Rate,
    /// Links of one kind, by the name as it was typed and by account.
    pub links_per_account: Rate,
    pub links_per_address: Rate,
}

impl Settings {
    /// How long an audit entry is kept.
    #[must_use]
    pub fn log_retention_seconds(&self) -> i64 {
        self.log_retention_days * 24 * 60 * 60
    }

    /// A new account has no session before its e-mail is verified, and no call tells which e-mails
    /// have accounts.
    #[must_use]
    pub fn require_verified_email(&self) -> bool {
        self.mail
            .as_ref()
            .is_some_and(|mail| mail.require_verified_email)
    }

    pub fn from_environment() -> Result<Self, SettingsError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads settings"
        )]
        Self::read(|name| std::env::var(name).ok())
    }

    /// An empty value counts as absent: deployment tools cannot always leave a variable out.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let whole = |name: &str, default: i64, range: RangeInclusive<i64>| match lookup(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .ok()
                .filter(|n| range.contains(n))
                .ok_or_else(|| {
                    SettingsError::new(format!(
                        "{name} must be a whole number from {} to {}.",
                        range.start(),
                        range.end()
                    ))
                }),
        };
        let signing_secret = |name: &str| secret(name, lookup(name), SigningSecret::parse);
        let per_window = |name: &str, default: i64| whole(name, default, 1..=1_000_000);

        let session_ttl_seconds = whole("SESSION_TTL_SECONDS", 604_800, 300..=2_592_000)?;
        Ok(Self {
            secret: signing_secret("BETTER_AUTH_SECRET")?.ok_or_else(|| {
                SettingsError::new(
                    "BETTER_AUTH_SECRET is not set. Give it at least 32 random bytes.",
                )
            })?,
            previous_secret: signing_secret("BETTER_AUTH_SECRET_PREVIOUS")?,
            table_name: table_name(lookup("TABLE_NAME"))?,
            session_ttl_seconds,
            session_max_age_seconds: whole(
                "SESSION_MAX_AGE_SECONDS",
                session_ttl_seconds.max(2_592_000),
                session_ttl_seconds..=31_536_000,
            )?,
            accept_foreign_tokens: flag(
                "ACCEPT_FOREIGN_TOKENS",
                lookup("ACCEPT_FOREIGN_TOKENS").as_deref(),
            )?,
            password_min_length: usize::try_from(whole("PASSWORD_MIN_LENGTH", 8, 8..=64)?)
                .unwrap_or(64),
            cookie_same_site: same_site(lookup("COOKIE_SAME_SITE").as_deref())?,
            cookie_naming: CookieNaming::Host,
            allowed_origins: allowed_origins(lookup("ALLOWED_ORIGINS"))?,
            limits: Limits {
                login_per_address: Rate {
                    what: "LOGIN",
                    most: per_window("LOGIN_PER_ADDRESS_PER_MINUTE", 10)?,
                    seconds: 60,
                },
                login_free_failures: per_window("LOGIN_FREE_FAILURES", 5)?,
                signup_per_address: Rate {
                    what: "SIGNUP",
                    most: per_window("SIGNUP_PER_ADDRESS_PER_HOUR", 20)?,
                    seconds: 3600,
                },
                refresh_per_session: Rate {
                    what: "REFRESH",
                    most: per_window("REFRESH_PER_SESSION_PER_MINUTE", 60)?,
                    seconds: 60,
                },
                renamings_per_account: Rate {
                    what: "RENAMING",
                    most: 10,
                    seconds: 3600,
                },
                password_changes_per_account: Rate {
                    what: "PASSWORD_CHANGE",
                    most: 10,
                    seconds: 3600,
                },
                endings_of_others_per_session: Rate {
                    what: "ENDING_OTHERS",
                    most: 10,
                    seconds: 3600,
                },
                links_per_account: Rate {
                    what: "LINKS",
                    most: per_window("LINKS_PER_ACCOUNT_PER_HOUR", 3)?,
                    seconds: 3600,
                },
                links_per_address: Rate {
                    what: "LINKS",
                    most: per_window("LINKS_PER_ADDRESS_PER_HOUR", 20)?,
                    seconds: 3600,
                },
            },
            log_retention_days: whole("LOG_RETENTION_DAYS", 90, 1..=3650)?,
            max_tasks: whole("MAX_TASKS", 10_000, 1..=1_000_000)?,
            edge_secret: secret("EDGE_SECRET", lookup("EDGE_SECRET"), EdgeSecret::parse)?,
            mail: MailSettings::read(lookup)?,
        })
    }
}

fn secret<T>(
    name: &str,
    given: Option<String>,
    parse: fn(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, SettingsError> {
    given
        .map(|text| parse(&text).map_err(|wrong| SettingsError::new(format!("{name} {wrong}"))))
        .transpose()
}

fn table_name(given: Option<String>) -> Result<String, SettingsError> {
    let Some(name) = given else {
        return Ok("latchkey".to_owned());
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if (3..=255).contains(&name.len()) && name.chars().all(plain) {
        Ok(name)
    } else {
        Err(SettingsError::new(
            "TABLE_NAME must be 3 to 255 letters, digits, dots, hyphens or underscores.",
        ))
    }
}

fn same_site(given: Option<&str>) -> Result<SameSite, SettingsError> {
    match given {
        None | Some("Lax") => Ok(SameSite::Lax),
        Some("Strict") => Ok(SameSite::Strict),
        Some("None") => Ok(SameSite::None),
        Some(_) => Err(SettingsError::new(
            "COOKIE_SAME_SITE must be Lax, Strict or None.",
        )),
    }
}

/// Accepts only what a browser sends as `Origin`: nothing else could ever match.
fn allowed_origins(given: Option<String>) -> Result<Vec<String>, SettingsError> {
    let Some(list) = given else {
        return Ok(Vec::new());
    };
    list.split(',')
        .map(str::trim)
        .map(|origin| {
            url::Url::parse(origin)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .filter(|url| url.origin().ascii_serialization() == origin)
                .map(|_| origin.to_owned())
                .ok_or_else(|| {
                    SettingsError::new(
                        "ALLOWED_ORIGINS must be exact origins with commas between them, such as https://app.example.com, without a path or a trailing slash.",
                    )
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "a test secret of more than 32 bytes";

    fn read(given: &[(&str, &str)]) -> Result<Settings, String> {
        let lookup = |name: &str| {
            let own = given.iter().rev().find(|(key, _)| *key == name);
            own.map(|(_, value)| (*value).to_owned())
                .or_else(|| (name == "BETTER_AUTH_SECRET").then(|| SECRET.to_owned()))
        };
        Settings::read(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.table_name, "latchkey");
        assert_eq!(settings.session_ttl_seconds, 604_800);
        assert_eq!(settings.session_max_age_seconds, 2_592_000);
        assert!(!settings.accept_foreign_tokens);
        assert_eq!(settings.password_min_length, 8);
        assert_eq!(settings.cookie_same_site, SameSite::Lax);
        assert!(settings.allowed_origins.is_empty());
        assert!(settings.previous_secret.is_none());
        assert_eq!(settings.limits.login_per_address.most, 10);
        assert_eq!(settings.limits.login_free_failures, 5);
        assert_eq!(settings.limits.signup_per_address.most, 20);
        assert_eq!(settings.limits.refresh_per_session.most, 60);
        assert_eq!(settings.limits.links_per_account.most, 3);
        assert_eq!(settings.limits.links_per_address.most, 20);
        assert_eq!(settings.log_retention_days, 90);
        assert_eq!(settings.max_tasks, 10_000);
        assert!(settings.edge_secret.is_none());
        assert!(settings.mail.is_none());
    }

    #[test]
    fn an_empty_value_counts_as_absent() {
        let names = [
            "TABLE_NAME",
            "SESSION_TTL_SECONDS",
            "COOKIE_SAME_SITE",
            "ALLOWED_ORIGINS",
        ];
        let settings = read(&names.map(|name| (name, ""))).unwrap();
        assert_eq!(settings.table_name, "latchkey");
        let refusal = read(&[("BETTER_AUTH_SECRET", "")]).unwrap_err();
        assert!(
            refusal.starts_with("BETTER_AUTH_SECRET is not set."),
            "{refusal}"
        );
    }

    #[test]
    fn a_bad_value_is_refused_by_the_name_of_its_variable() {
        for (name, value) in [
            ("BETTER_AUTH_SECRET", "short"),
            ("BETTER_AUTH_SECRET_PREVIOUS", "short"),
            ("TABLE_NAME", "no blanks please"),
            ("TABLE_NAME", "ab"),
            ("SESSION_TTL_SECONDS", "299"),
            ("SESSION_TTL_SECONDS", "2592001"),
            ("SESSION_TTL_SECONDS", "7d"),
            ("SESSION_MAX_AGE_SECONDS", "604799"),
            ("ACCEPT_FOREIGN_TOKENS", "True"),
            ("ACCEPT_FOREIGN_TOKENS", "1"),
            ("PASSWORD_MIN_LENGTH", "7"),
            ("PASSWORD_MIN_LENGTH", "65"),
            ("COOKIE_SAME_SITE", "lax"),
            ("ALLOWED_ORIGINS", "*"),
            ("ALLOWED_ORIGINS", "https://app.example.com/"),
            ("ALLOWED_ORIGINS", "https://app.example.com,"),
            ("ALLOWED_ORIGINS", "HTTPS://app.example.com"),
            ("ALLOWED_ORIGINS", "null"),
            ("LOGIN_PER_ADDRESS_PER_MINUTE", "0"),
            ("LOGIN_FREE_FAILURES", "1000001"),
            ("SIGNUP_PER_ADDRESS_PER_HOUR", "-1"),
            ("REFRESH_PER_SESSION_PER_MINUTE", "1.5"),
            ("LOG_RETENTION_DAYS", "0"),
            ("MAX_TASKS", "0"),
            ("MAX_TASKS", "1000001"),
            ("EDGE_SECRET", "short"),
            ("EDGE_SECRET", SECRET),
        ] {
            let refusal = read(&[(name, value)]).expect_err(name);
            assert!(refusal.starts_with(name), "{name}={value}: {refusal}");
        }
    }

    #[test]
    fn several_origins_are_read_as_they_stand() {
        let settings = read(&[(
            "ALLOWED_ORIGINS",
            "https://a.example, http://localhost:3000",
        )])
        .unwrap();
        assert_eq!(
            settings.allowed_origins,
            ["https://a.example", "http://localhost:3000"]
        );
    }

    #[test]
    fn no_debug_output_shows_a_secret() {
        let settings = read(&[("BETTER_AUTH_SECRET_PREVIOUS", SECRET)]).unwrap();
        assert!(!format!("{settings:?}").contains("test secret"));
    }

    const NAMES: [&str; 25] = [
        "BETTER_AUTH_SECRET",
        "BETTER_AUTH_SECRET_PREVIOUS",
        "TABLE_NAME",
        "SESSION_TTL_SECONDS",
        "SESSION_MAX_AGE_SECONDS",
        "ACCEPT_FOREIGN_TOKENS",
        "PASSWORD_MIN_LENGTH",
        "COOKIE_SAME_SITE",
        "ALLOWED_ORIGINS",
        "LOGIN_PER_ADDRESS_PER_MINUTE",
        "LOGIN_FREE_FAILURES",
        "SIGNUP_PER_ADDRESS_PER_HOUR",
        "REFRESH_PER_SESSION_PER_MINUTE",
        "LOG_RETENTION_DAYS",
        "MAX_TASKS",
        "EDGE_SECRET",
        "LINKS_PER_ACCOUNT_PER_HOUR",
        "LINKS_PER_ADDRESS_PER_HOUR",
        "MAIL_FROM",
        "APP_URL",
        "APP_NAME",
        "VERIFY_EMAIL_PATH",
        "RESET_PASSWORD_PATH",
        "REQUIRE_VERIFIED_EMAIL",
        "MAIL_CONFIGURATION_SET",
    ];

    fn assert_in_bounds(settings: &Settings) {
        assert!(settings.secret.as_bytes().len() >= 32);
        assert!((3..=255).contains(&settings.table_name.len()));
        assert!((300..=2_592_000).contains(&settings.session_ttl_seconds));
        assert!(settings.session_max_age_seconds >= settings.session_ttl_seconds);
        assert!((8..=64).contains(&settings.password_min_length));
        assert_eq!(settings.cookie_naming, CookieNaming::Host);
        for origin in &settings.allowed_origins {
            assert!(http::HeaderValue::from_str(origin).is_ok() && !origin.ends_with('/'));
        }
        let limits = settings.limits;
        for limit in [
            limits.login_per_address.most,
            limits.login_free_failures,
            limits.signup_per_address.most,
            limits.refresh_per_session.most,
        ] {
            assert!((1..=1_000_000).contains(&limit));
        }
        assert!(settings.log_retention_days >= 1);
        assert!((1..=1_000_000).contains(&settings.max_tasks));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn any_value_of_any_variable_is_in_bounds_or_refused_by_its_name(
            name in proptest::sample::select(&NAMES),
            value in prop_oneof![
                any::<String>(),
                any::<i64>().prop_map(|number| number.to_string()),
                "[+-]?[0-9]{1,7}",
                "https?://[a-zA-Zäß.*@:\\[\\]/?#%0-9-]{0,12}(, ?https://a\\.example)?",
                "[a-z_.-]{2,4}|.{30,40}",
            ],
        ) {
            match read(&[(name, &value)]) {
                Ok(settings) => assert_in_bounds(&settings),
                Err(refusal) => {
                    prop_assert!(refusal.starts_with(name), "{name}: {refusal}");
                    prop_assert!(value.len() < 9 || !refusal.contains(&value), "{refusal}");
                }
            }
        }

        #[test]
        fn a_session_never_ends_before_its_token(
            ttl in 300_i64..=2_592_000,
            age in 0_i64..40_000_000,
        ) {
            let given = [ttl, age].map(|seconds| seconds.to_string());
            let both = [("SESSION_TTL_SECONDS", &*given[0]), ("SESSION_MAX_AGE_SECONDS", &*given[1])];
            match read(&both) {
                Ok(settings) => prop_assert!(settings.session_max_age_seconds >= ttl),
                Err(refusal) => {
                    prop_assert!(age < ttl || age > 31_536_000);
                    prop_assert!(refusal.starts_with("SESSION_MAX_AGE_SECONDS "));
                }
            }
        }
    }
}
