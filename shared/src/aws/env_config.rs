//! The SDK's own environment variables. Credentials come from the environment alone, where Lambda
//! puts them: no profile is read and no metadata service is asked.

use aws_config::environment::credentials::EnvironmentVariableCredentialsProvider;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvConfig {
    pub region: Option<String>,
    /// These replace the endpoints of the region.
    pub dynamodb_endpoint: Option<String>,
    pub sesv2_endpoint: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
    /// Trusts the system's certificates instead of Amazon's.
    pub uses_system_certificates: bool,
}

impl EnvConfig {
    #[must_use]
    pub fn from_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the SDK's own variables, and that of TLS libraries"
        )]
        Self::read(|name| std::env::var(name).ok())
    }

    /// An empty variable counts as absent. The SDK would take it for an address.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| variable(name))
                .find(|value| !value.is_empty())
        };
        let is_on = |name| first(&[name]).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Self {
            region: first(&["AWS_REGION"]),
            dynamodb_endpoint: first(&["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]),
            sesv2_endpoint: first(&["AWS_ENDPOINT_URL_SESV2", "AWS_ENDPOINT_URL"]),
            fips: is_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT"),
            uses_system_certificates: first(&["SSL_CERT_FILE", "SSL_CERT_DIR"]).is_some(),
        }
    }

    #[must_use]
    pub fn credentials() -> EnvironmentVariableCredentialsProvider {
        EnvironmentVariableCredentialsProvider::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env_config(variables: &[(&str, &str)]) -> EnvConfig {
        EnvConfig::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn a_service_has_its_own_endpoint_or_the_common_one() {
        let common = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
        let ses = ("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:8025");
        let config = env_config(&[common, ses]);
        assert_eq!(config.sesv2_endpoint.as_deref(), Some(ses.1));
        assert_eq!(config.dynamodb_endpoint.as_deref(), Some(common.1));
        let empty = env_config(&[("AWS_ENDPOINT_URL_SESV2", "")]);
        assert_eq!(empty.sesv2_endpoint, None);
    }

    #[test]
    fn system_certificates_are_trusted_only_where_they_are_named() {
        assert!(!env_config(&[("SSL_CERT_FILE", "")]).uses_system_certificates);
        assert!(env_config(&[("SSL_CERT_FILE", "/ca.pem")]).uses_system_certificates);
        assert!(env_config(&[("SSL_CERT_DIR", "/certs")]).uses_system_certificates);
    }
}
