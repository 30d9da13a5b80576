//! The environment variables of a measured process.

pub const TABLE: &str = "latchkey";
/// A measurement makes more calls than these settings allow by default.
const RATE_LIMITS: [&str; 4] = [
    "LOGIN_FREE_FAILURES",
    "LOGIN_PER_ADDRESS_PER_MINUTE",
    "REFRESH_PER_SESSION_PER_MINUTE",
    "SIGNUP_PER_ADDRESS_PER_HOUR",
];

#[derive(Clone)]
pub struct Environment(Vec<(&'static str, String)>);

impl Environment {
    /// The settings of a deployed function. `store` is the URL of the store.
    pub fn for_function(store: &str) -> Self {
        let environment = Self(Vec::new())
            .with("AWS_ACCESS_KEY_ID", "local")
            .with("AWS_ENDPOINT_URL_DYNAMODB", store)
            .with("AWS_REGION", "us-east-1")
            .with("AWS_SECRET_ACCESS_KEY", "local")
            .with(
                "BETTER_AUTH_SECRET",
                "the secret that measurements sign with",
            )
            .with("TABLE_NAME", TABLE);
        let unlimited = |environment: Self, name| environment.with(name, "1000000");
        RATE_LIMITS.into_iter().fold(environment, unlimited)
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    pub fn get(&self, name: &str) -> Option<String> {
        let mut variables = self.variables();
        let (_, value) = variables.find(|(known, _)| *known == name)?;
        Some(value.to_owned())
    }

    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
