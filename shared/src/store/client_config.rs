//! The SDK's environment variables as the configuration of the store's client.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::{
    Builder,
    endpoint::{DefaultResolver, Params, ResolveEndpoint},
};

use crate::aws::EnvConfig;

/// The endpoint that the client will resolve.
pub(super) async fn endpoint(config: &EnvConfig) -> Option<String> {
    let known = Params::builder()
        .set_region(config.region.clone())
        .set_endpoint(config.dynamodb_endpoint.clone())
        .use_fips(config.fips)
        .use_dual_stack(config.dual_stack)
        .build()
        .ok()?;
    let resolver = DefaultResolver::new();
    let found = ResolveEndpoint::resolve_endpoint(&resolver, &known).await;
    Some(found.ok()?.url().to_owned())
}

pub(super) fn builder(config: EnvConfig) -> Builder {
    let mut builder = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(EnvConfig::credentials())
        .use_fips(config.fips)
        .use_dual_stack(config.dual_stack)
        // Without a region the client fails as if nobody answered. It refuses an empty one.
        .region(Region::new(config.region.unwrap_or_default()));
    builder.set_endpoint_url(config.dynamodb_endpoint);
    builder
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_dynamodb::{Client, config::Credentials};

    use super::{
        super::{error, keys},
        *,
    };
    use crate::aws::Https;

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
            .block_on(super::endpoint(&env_config(variables)))
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
        let config = builder(env_config(&[]));
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
}
