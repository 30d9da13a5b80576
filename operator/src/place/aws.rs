//! Region, credentials and identity on AWS, from where its own tools have them.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::config::ProvideCredentials;
use shared::aws::Https;

use super::sdk_failure::{Asked, sdk_failure};
use crate::{arguments::Place, failure::Failure};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The SDK's own log-in would bring two more services' clients and old versions of six crates.
const BY_BROWSER: &str = "or, where you log in by a browser, run \
                          eval \"$(aws configure export-credentials --format env)\" first";

/// Credentials are looked for at once, so that their absence is told in one sentence.
pub async fn config(place: &Place) -> Result<SdkConfig, Failure> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(https().into_client())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_initial_backoff(FIRST_PAUSE));
    if let Some(region) = &place.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &place.profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(Failure::new(
            "no AWS region is known: name it with --region, or set AWS_REGION",
        ));
    }
    let found = match config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await,
        None => Err(CredentialsError::not_loaded("no provider")),
    };
    match found {
        Ok(_) => Ok(config),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(Failure::new(format!(
            "no AWS credentials were found: set AWS_PROFILE or --profile, {BY_BROWSER}"
        ))),
        Err(_) => Err(Failure::new(format!(
            "the AWS credentials cannot be had from their profile or program: check it by \
             `aws sts get-caller-identity`, {BY_BROWSER}"
        ))),
    }
}

/// A proxy's certificate may be among the system's.
pub fn https() -> Https {
    Https::new(true, CONNECT_TIMEOUT)
}

pub fn where_it_is(config: &SdkConfig) -> String {
    format!("the region {}", region(config))
}

pub fn region(config: &SdkConfig) -> &str {
    config.region().map_or("", Region::as_ref)
}

/// The ARN of who has the credentials. Everybody may ask for it.
pub async fn identity(config: &SdkConfig) -> Result<String, Failure> {
    let client = aws_sdk_sts::Client::new(config);
    let asked = Asked {
        action: "sts:GetCallerIdentity",
        thing: "the name of the operator",
        place: &where_it_is(config),
    };
    let answer = client.get_caller_identity().send().await;
    let answer = answer.map_err(|error| sdk_failure(&error, &asked))?;
    answer.arn.ok_or_else(|| {
        Failure::new("AWS did not say whose the credentials are: log entries need the name")
    })
}
