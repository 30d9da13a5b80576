//! What a measured process finds in its environment, and nothing else.

use crate::service::{SECRET, TABLE, UNLIMITED};

#[derive(Clone, Debug)]
pub struct Environment(Vec<(&'static str, String)>);

impl Environment {
    /// The settings of a deployed function, without limits to run into.
    #[must_use]
    pub fn of_function(store: &str) -> Self {
        let mut all = vec![
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", store.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("TABLE_NAME", TABLE.to_owned()),
        ];
        all.extend(UNLIMITED.map(|name| (name, "1000000".to_owned())));
        Self(all)
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.push((name, value.to_owned()));
        self
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
