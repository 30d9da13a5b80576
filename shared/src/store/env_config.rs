//! The SDK's own environment variables. Credentials come from the environment alone, where Lambda
//! puts them: no profile is read and no metadata service is asked.

use aws_config::{
    BehaviorVersion, Region, environment::credentials::EnvironmentVariableCredentialsProvider,
};
use aws_sdk_dynamodb::config::{
    Builder,
    endpoint::{DefaultResolver, Params, ResolveEndpoint},
};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct EnvConfig {
    region: Option<String>,
    /// Replaces the endpoint of the region.
    endpoint: Option<String>,
    fips: bool,
    dual_stack: bool,
    /// Trusts the system's certificates instead of Amazon's.
    pub(super) uses_system_certificates: bool,
}

impl EnvConfig {
    pub(super) fn from_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the SDK's own variables, and that of TLS libraries"
        )]
        Self::read(|name| std::env::var(name).ok())
    }

    /// An empty variable counts as absent. The SDK would take it for an address.
    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| variable(name))
                .find(|value| !value.is_empty())
        };
        let is_on = |name| first(&[name]).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Self {
            region: first(&["AWS_REGION"]),
            endpoint: first(&["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]),
            fips: is_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT"),
            uses_system_certificates: first(&["SSL_CERT_FILE", "SSL_CERT_DIR"]).is_some(),
        }
    }

    /// The endpoint that the client will resolve.
    pub(super) async fn endpoint(&self) -> Option<String> {
        let known = Params::builder()
            .set_region(self.region.clone())
            .set_endpoint(self.endpoint.clone())
            .use_fips(self.fips)
            .use_dual_stack(self.dual_stack)
            .build()
            .ok()?;
        let resolver = DefaultResolver::new();
        let found = ResolveEndpoint::resolve_endpoint(&resolver, &known).await;
        Some(found.ok()?.url().to_owned())
    }

    pub(super) fn into_builder(self) -> Builder {
        let mut config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .use_fips(self.fips)
            .use_dual_stack(self.dual_stack)
            // Without a region the client fails as if nobody answered. It refuses an empty one.
            .region(Region::new(self.region.unwrap_or_default()));
        config.set_endpoint_url(self.endpoint);
        config
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_dynamodb::{Client, config::Credentials};

    use super::{
        super::{error, https::Https, keys},
        *,
    };

    fn env_config(variables: &[(&str, &str)]) -> EnvConfig {
        let value = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        EnvConfig::read(value)
    }

    fn endpoint(variables: &[(&str, &str)]) -> Option<String> {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(env_config(variables).endpoint())
    }

    #[test]
    fn the_endpoint_is_the_regions_or_the_one_in_the_environment() {
        let frankfurt = ("AWS_REGION", "eu-central-1");
        let local = ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000");
        let another = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
        for (variables, expected) in [
            (
                &[frankfurt][..],
                "https://dynamodb.eu-central-1.amazonaws.com",
            ),
            (
                &[("AWS_REGION", "cn-north-1")],
                "https://dynamodb.cn-north-1.amazonaws.com.cn",
            ),
            (
                &[
                    ("AWS_REGION", "us-east-1"),
                    ("AWS_USE_FIPS_ENDPOINT", "true"),
                ],
                "https://dynamodb-fips.us-east-1.amazonaws.com",
            ),
            (
                &[frankfurt, ("AWS_USE_DUALSTACK_ENDPOINT", "TRUE")],
                "https://dynamodb.eu-central-1.api.aws",
            ),
            (&[frankfurt, another, local], "http://127.0.0.1:8000"),
            (
                &[frankfurt, another, ("AWS_ENDPOINT_URL_DYNAMODB", "")],
                "http://127.0.0.1:4566",
            ),
        ] {
            assert_eq!(endpoint(variables).as_deref(), Some(expected));
        }
    }

    #[test]
    fn without_a_valid_region_there_is_no_endpoint() {
        for variables in [&[][..], &[("AWS_REGION", "not a region")]] {
            assert_eq!(endpoint(variables), None);
        }
    }

    #[test]
    fn without_a_region_the_cause_names_it() {
        let config = env_config(&[]).into_builder();
        let known = Credentials::new("id", "secret", None, None, "test");
        let https = Https::new(false, Duration::from_secs(1)).into_client();
        let config = config.credentials_provider(known).http_client(https);
        let client = Client::from_conf(config.build());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let asked = client.get_item().table_name("t").key("pk", keys::text("a"));
        let failed = runtime.block_on(asked.send()).unwrap_err();
        let meaning = error::from_sdk(&failed);
        assert_eq!(
            meaning.cause(),
            Some("no request to the store could be made: check region and credentials")
        );
    }

    #[test]
    fn system_certificates_are_trusted_only_where_they_are_named() {
        assert!(!env_config(&[("SSL_CERT_FILE", "")]).uses_system_certificates);
        assert!(env_config(&[("SSL_CERT_FILE", "/ca.pem")]).uses_system_certificates);
        assert!(env_config(&[("SSL_CERT_DIR", "/certs")]).uses_system_certificates);
    }
}
