//! The connection to DynamoDB: credentials, time-outs and retries.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, Credentials, HttpClient, SharedHttpClient, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};

use super::{client_config, retry::RetryTransactionConflicts};
use crate::aws::{EnvConfig, Https};

/// The SDK has no time-outs of its own. Three requests in a row end within 3 seconds, whatever the
/// store does. The time-out of the whole call bounds calls that make more.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(400);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(500);
const OPERATION_TIMEOUT: Duration = Duration::from_millis(950);
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// Each longer than the last attempt of what it bounds.
const PATIENT_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const PATIENT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const PATIENT_OPERATION_TIMEOUT: Duration = Duration::from_secs(30);
const PATIENT_ATTEMPTS: u32 = 6;
/// Doubled each time, so where nothing answers the person is told within seconds.
const PATIENT_FIRST_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone, Debug)]
pub struct Connection(Builder);

impl Connection {
    /// To the endpoint that the environment names. It is opened here, so the first call does not wait
    /// for TLS.
    pub async fn from_environment() -> Self {
        let config = EnvConfig::from_process();
        let https = Https::new(config.uses_system_certificates, CONNECT_TIMEOUT);
        if let Some(endpoint) = client_config::endpoint(&config).await {
            // The first call tries again, and can report a failure.
            let _answered = tokio::time::timeout(ATTEMPT_TIMEOUT, https.open(&endpoint)).await;
        }
        Self::with_timeouts(client_config::builder(config), https.into_client())
    }

    /// To a DynamoDB on this machine. It requires credentials and does not check them.
    #[must_use]
    pub fn to_local(endpoint: &str) -> Self {
        let builder = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(endpoint);
        Self::with_timeouts(builder, aws_smithy_http_client::Builder::new().build_http())
    }

    /// By the usual chain of credentials and regions, for a command that a person runs.
    #[must_use]
    pub fn from_config(config: &SdkConfig) -> Self {
        let builder = Builder::from(config).retry_classifier(RetryTransactionConflicts);
        Self(builder).patient()
    }

    /// For a command that a person runs, over any line: nobody's call waits for it.
    #[must_use]
    pub fn patient(self) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(PATIENT_CONNECT_TIMEOUT)
            .operation_attempt_timeout(PATIENT_ATTEMPT_TIMEOUT)
            .operation_timeout(PATIENT_OPERATION_TIMEOUT)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(PATIENT_ATTEMPTS)
            .with_initial_backoff(PATIENT_FIRST_PAUSE);
        Self(self.0.timeout_config(timeouts).retry_config(retries))
    }

    /// Without time-outs, for tests that keep a small machine busy.
    #[must_use]
    pub fn without_timeouts(self) -> Self {
        Self(self.0.timeout_config(TimeoutConfig::disabled()))
    }

    /// With a wrapped HTTP client, for tests that count requests or lose answers.
    #[must_use]
    pub fn map_http_client(self, wrap: impl FnOnce(SharedHttpClient) -> SharedHttpClient) -> Self {
        let client = Client::from_conf(self.0.clone().build());
        match client.config().http_client() {
            Some(inner) => Self(self.0.http_client(wrap(inner))),
            None => self,
        }
    }

    pub(super) fn client(&self) -> Client {
        Client::from_conf(self.0.clone().build())
    }

    fn with_timeouts(builder: Builder, http_client: impl HttpClient + 'static) -> Self {
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
                .retry_classifier(RetryTransactionConflicts)
                .http_client(http_client),
        )
    }
}
