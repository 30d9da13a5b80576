//! The way to DynamoDB: client, credentials, time-outs and retries.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, Credentials, HttpClient, SharedHttpClient, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};

use super::{conflict::RetryOfConflicts, https::Https, surroundings::Surroundings};

/// The SDK has no bounds of its own. Three requests in a row end within 3 seconds whatever the store
/// does; a call that makes more is cut off by the bound on calls.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(400);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(500);
const OPERATION_TIMEOUT: Duration = Duration::from_millis(950);
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

#[derive(Clone, Debug)]
pub struct Connection(Builder);

impl Connection {
    /// To where a function's environment says, open already: the first call need not wait for TLS.
    pub async fn from_environment() -> Self {
        let surroundings = Surroundings::of_process();
        let https = Https::new(surroundings.by_machines_certificates, CONNECT_TIMEOUT);
        if let Some(endpoint) = surroundings.endpoint().await {
            // What cannot be reached now is tried again by the first call, which can say so.
            let _answered = tokio::time::timeout(ATTEMPT_TIMEOUT, https.open(&endpoint)).await;
        }
        Self::bounded(surroundings.into_config(), https.into_client())
    }

    /// To a DynamoDB on this machine, which wants some credentials and checks none.
    #[must_use]
    pub fn to_local(endpoint: &str) -> Self {
        let builder = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(endpoint);
        Self::bounded(builder, aws_smithy_http_client::Builder::new().build_http())
    }

    /// The same without the bounds on time, for a test that keeps a small machine busy.
    #[must_use]
    pub fn patient(self) -> Self {
        Self(self.0.timeout_config(TimeoutConfig::disabled()))
    }

    /// The same through another HTTP client, for tests that count or lose answers.
    #[must_use]
    pub fn through(self, wrap: impl FnOnce(SharedHttpClient) -> SharedHttpClient) -> Self {
        let client = Client::from_conf(self.0.clone().build());
        match client.config().http_client() {
            Some(inner) => Self(self.0.http_client(wrap(inner))),
            None => self,
        }
    }

    pub(super) fn client(&self) -> Client {
        Client::from_conf(self.0.clone().build())
    }

    fn bounded(builder: Builder, http_client: impl HttpClient + 'static) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(FIRST_PAUSE);
        Self(
            builder
                .timeout_config(timeouts)
                .retry_config(retries)
                .retry_classifier(RetryOfConflicts)
                .http_client(http_client),
        )
    }
}
