//! The environment of a function's deployed version. One request, signed here: Lambda's SDK would turn on
//! event streams in the SDK of every function.

use std::{collections::BTreeMap, time::SystemTime};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::ProvideCredentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::BodyExt;
use serde::Deserialize;
use shared::Clock;
use tokio::time::timeout;

use super::{
    aws,
    sdk_failure::{Asked, by_code, nothing_answers},
    settings::environment,
};
use crate::failure::Failure;

const SERVICE: &str = "lambda";
const TRIES: u32 = 3;
/// The alias that the API calls.
const ALIAS: &str = "live";

#[derive(Deserialize)]
struct Configuration {
    #[serde(rename = "Environment")]
    environment: Option<Environment>,
}

#[derive(Deserialize)]
struct Environment {
    #[serde(rename = "Variables", default)]
    variables: BTreeMap<String, String>,
    /// In place of the variables, if they cannot be decrypted for the caller.
    #[serde(rename = "Error")]
    error: Option<serde::de::IgnoredAny>,
}

pub async fn read(config: &SdkConfig, function: &str) -> Result<BTreeMap<String, String>, Failure> {
    let place = aws::where_it_is(config);
    let asked = Asked {
        action: "lambda:GetFunctionConfiguration",
        thing: &format!("function {function}"),
        place: &place,
    };
    let unusable = || {
        Failure::new(format!(
            "the settings of the function {function} in {place} cannot be read: check the stack"
        ))
    };
    let uri = format!(
        "{}/2015-03-31/functions/{function}/configuration?Qualifier={ALIAS}",
        endpoint(config)
    );
    let mut tries = 0;
    let (status, code, body) = loop {
        let request = signed(config, &uri).await.ok_or_else(unusable)?;
        tries += 1;
        match timeout(aws::ATTEMPT_TIMEOUT, answer(request)).await {
            Ok(None | Some((429 | 500.., ..))) | Err(_) if tries < TRIES => {}
            Ok(Some(answer)) => break answer,
            Ok(None) | Err(_) => return Err(nothing_answers(&place)),
        }
    };
    if status != 200 {
        let code = code.unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        return Err(by_code(code, "", &asked));
    }
    let read: Configuration = serde_json::from_slice(&body).map_err(|_| unusable())?;
    let environment = read.environment.ok_or_else(unusable)?;
    if environment.error.is_some() {
        return Err(Failure::new(format!(
            "the settings of the function {function} cannot be decrypted: add kms:Decrypt on its key to the policy"
        )));
    }
    Ok(environment.variables)
}

/// Status, error code and body. None if nothing answers.
async fn answer(request: HttpRequest) -> Option<(u16, Option<String>, Vec<u8>)> {
    let answer = aws::https().send(request).await.ok()?;
    let status = answer.status().as_u16();
    let code = answer.headers().get("x-amzn-errortype").map(str::to_owned);
    let body = answer.into_body().collect().await.ok()?;
    Some((status, code, body.to_bytes().to_vec()))
}

/// That of the region, or the one in the environment.
fn endpoint(config: &SdkConfig) -> String {
    let chosen = ["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"];
    if let Some(endpoint) = chosen.into_iter().find_map(environment) {
        return endpoint.trim_end_matches('/').to_owned();
    }
    let region = aws::region(config);
    let suffix = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    format!("https://{SERVICE}.{region}.{suffix}")
}

async fn signed(config: &SdkConfig, uri: &str) -> Option<HttpRequest> {
    let credentials = config.credentials_provider()?.provide_credentials().await;
    let identity = credentials.ok()?.into();
    let now = u64::try_from(Clock::system().now().seconds()).ok()?;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(aws::region(config))
        .name(SERVICE)
        .time(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(now))
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let body = SignableBody::Bytes(&[]);
    let signable = SignableRequest::new("GET", uri, std::iter::empty(), body).ok()?;
    let (instructions, _) = sign(signable, &params).ok()?.into_parts();
    let mut request = HttpRequest::empty();
    request.set_uri(uri).ok()?;
    for (name, value) in instructions.headers() {
        request
            .headers_mut()
            .try_insert(name.to_owned(), value.to_owned())
            .ok()?;
    }
    Some(request)
}
