//! The environment variables of a measured process.

pub const SECRET: &str = "the secret that measurements sign with";
pub const TABLE: &str = "latchkey";
/// A measurement makes more calls than these settings allow by default.
pub const RATE_LIMITS: [&str; 4] = [
    "LOGIN_FREE_FAILURES",
    "LOGIN_PER_ADDRESS_PER_MINUTE",
    "REFRESH_PER_SESSION_PER_MINUTE",
    "SIGNUP_PER_ADDRESS_PER_HOUR",
];
pub const UNLIMITED: &str = "1000000";

#[derive(Clone)]
pub struct Environment(Vec<(&'static str, String)>);

impl Environment {
    /// The settings of a deployed function. `store` is the URL of the store.
    pub fn for_function(store: &str) -> Self {
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", store.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("TABLE_NAME", TABLE.to_owned()),
        ];
        variables.extend(RATE_LIMITS.map(|name| (name, UNLIMITED.to_owned())));
        Self(variables)
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
