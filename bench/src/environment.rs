//! The environment variables of a measured process.

use std::collections::BTreeMap;

pub const TABLE: &str = "latchkey";

#[derive(Clone)]
pub struct Environment(pub BTreeMap<&'static str, String>);

impl Environment {
    /// The settings of a deployed function. `store` is the URL of the store.
    pub fn for_function(store: &str) -> Self {
        // A measurement makes more calls than these settings allow by default.
        let unlimited = [
            "LINKS_PER_ACCOUNT_PER_HOUR",
            "LINKS_PER_ADDRESS_PER_HOUR",
            "LOGIN_FREE_FAILURES",
            "LOGIN_PER_ADDRESS_PER_MINUTE",
            "MAX_TASKS",
            "REFRESH_PER_SESSION_PER_MINUTE",
            "SIGNUP_PER_ADDRESS_PER_HOUR",
        ]
        .map(|name| (name, "1000000".to_owned()));
        Self(BTreeMap::from(unlimited))
            .with("AWS_ACCESS_KEY_ID", "local")
            .with("AWS_ENDPOINT_URL_DYNAMODB", store)
            .with("AWS_REGION", "us-east-1")
            .with("AWS_SECRET_ACCESS_KEY", "local")
            .with(
                "BETTER_AUTH_SECRET",
                "the secret that measurements sign with",
            )
            .with("TABLE_NAME", TABLE)
    }

    #[must_use]
    pub fn with_mail(self) -> Self {
        self.with("MAIL_FROM", "no-reply@example.com")
            .with("APP_URL", "https://app.example.com")
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, value.into());
        self
    }
}
